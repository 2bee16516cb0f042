//! The guard: nobody who writes a page or a redirect decides that canhtin talks to the office's
//! own network. Only global addresses are dialled, unless the operator named a network.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::LazyLock;

use ipnet::IpNet;
use url::{Host, Url};

/// IPv4 blocks that are not globally reachable, by the IANA special-purpose registry that RFC
/// 6890 set up, with multicast (RFC 5771) and the retired 6to4 relays (RFC 7526).
const SPECIAL_V4: [&str; 15] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
];
/// The only IPv6 block given to global unicast (RFC 4291 §2.4, IANA): what lies outside it is
/// loopback, local, mapped IPv4, NAT64 (RFC 6052), discard, multicast or unassigned.
const GLOBAL_V6: &str = "2000::/3";
/// Blocks inside [`GLOBAL_V6`] that are not places of their own: protocol assignments with
/// Teredo (RFC 4380) and benchmarks, documentation (RFC 3849, RFC 9637), 6to4 (RFC 3056).
const SPECIAL_V6: [&str; 4] = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

/// Bytes of an address; RFC 9110 §4.1 asks for 8,000 at least.
const LONGEST_URL: usize = 8192;

fn nets(written: &[&str]) -> Vec<IpNet> {
    written.iter().filter_map(|net| net.parse().ok()).collect()
}

static SPECIAL: LazyLock<Vec<IpNet>> =
    LazyLock::new(|| nets(&[&SPECIAL_V4[..], &SPECIAL_V6[..]].concat()));
static GLOBAL: LazyLock<Vec<IpNet>> = LazyLock::new(|| nets(&["0.0.0.0/0", GLOBAL_V6]));

/// Whether an address is a public place of the internet.
#[must_use]
pub fn is_global(ip: IpAddr) -> bool {
    GLOBAL.iter().any(|net| net.contains(&ip)) && !SPECIAL.iter().any(|net| net.contains(&ip))
}

/// Why the guard refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The address is not global and no network of `allow_networks` holds it.
    #[error("{0} is not a public address (allow_networks does not name it)")]
    Address(IpAddr),
    /// Neither http nor https.
    #[error("the scheme `{0}` is not http or https")]
    Scheme(String),
    /// An address longer than any honest one.
    #[error("the address is longer than {LONGEST_URL} bytes")]
    Long,
    /// The URL names no host.
    #[error("the address names no host")]
    NoHost,
    /// More redirects than anybody needs.
    #[error("more than {0} redirects")]
    Hops(usize),
    /// The connection's far end could not be told.
    #[error("the connection's far end is unknown")]
    NoRemote,
}

/// The rule, and the names that the operator settled by hand.
#[derive(Debug, Default)]
pub(super) struct Guard {
    pub(super) allow: Vec<IpNet>,
    pub(super) fixed: BTreeMap<String, SocketAddr>,
}

impl Guard {
    /// Whether an address may be dialled.
    pub(super) fn address(&self, ip: IpAddr) -> Result<(), Refusal> {
        // A mapped address dials the IPv4 one, so a named IPv4 network covers it.
        let canonical = ip.to_canonical();
        if is_global(ip)
            || self
                .allow
                .iter()
                .any(|net| net.contains(&canonical) || net.contains(&ip))
        {
            return Ok(());
        }
        Err(Refusal::Address(ip))
    }

    /// Checks what can be seen in the URL itself: literals never reach a resolver.
    pub(super) fn url(&self, url: &Url) -> Result<(), Refusal> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Refusal::Scheme(url.scheme().to_owned()));
        }
        if url.as_str().len() > LONGEST_URL {
            return Err(Refusal::Long);
        }
        match url.host() {
            Some(Host::Ipv4(ip)) => self.address(IpAddr::V4(ip)),
            Some(Host::Ipv6(ip)) => self.address(IpAddr::V6(ip)),
            Some(Host::Domain(_)) => Ok(()),
            None => Err(Refusal::NoHost),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_block_is_read() {
        assert_eq!(SPECIAL.len(), SPECIAL_V4.len() + SPECIAL_V6.len());
        assert_eq!(GLOBAL.len(), 2);
    }

    #[test]
    fn only_public_places_are_global() {
        let global = [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.17.0.1",
            "203.162.0.1",
            "223.255.255.255",
            "2400:cb00::1",
            "2001:4860:4860::8888",
            "2a00::1",
            "2001:200::1",
        ];
        let special = [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::7f00:1",
            "64:ff9b::808:808",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:0:7f00:1::",
            "2001:2::1",
            "2001:10::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:808:808::1",
            "3fff::1",
            "4000::1",
            "5f00::1",
            "fc00::1",
            "fd00::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ];
        for ip in global {
            assert!(is_global(ip.parse().unwrap()), "{ip} is global");
        }
        for ip in special {
            assert!(!is_global(ip.parse().unwrap()), "{ip} is special");
        }
    }

    #[test]
    fn literals_in_any_dress_are_seen() {
        let guard = Guard::default();
        for url in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://127.0.0.1./",
            "http://[::1]/",
            "http://0/",
            "http://[::ffff:7f00:1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://169.254.169.254/",
            "http://[64:ff9b::7f00:1]/",
            "http://[2002:7f00:1::]/",
            "http://１２７.0.0.1/",
            "http://100.64.0.1/",
        ] {
            let url: Url = url.parse().unwrap();
            assert!(guard.url(&url).is_err(), "{url}");
        }
        for url in [
            "ftp://1.1.1.1/",
            "file:///etc/passwd",
            "gopher://x/",
            "data:text/html,x",
        ] {
            let url: Url = url.parse().unwrap();
            assert!(guard.url(&url).is_err(), "{url}");
        }
        assert!(guard.url(&"https://1.1.1.1/".parse().unwrap()).is_ok());
        let long = format!("https://1.1.1.1/{}", "a".repeat(LONGEST_URL));
        assert_eq!(guard.url(&long.parse().unwrap()), Err(Refusal::Long));
    }

    #[test]
    fn a_named_network_is_open_and_no_other() {
        let guard = Guard {
            allow: vec!["127.0.0.0/8".parse().unwrap()],
            fixed: BTreeMap::new(),
        };
        assert!(guard.address("127.9.9.9".parse().unwrap()).is_ok());
        assert!(guard.address("::ffff:127.0.0.1".parse().unwrap()).is_ok());
        assert!(guard.address("::1".parse().unwrap()).is_err());
        assert!(guard.address("10.0.0.1".parse().unwrap()).is_err());
    }
}
