//! `[fetch]` of `canhtin.toml`.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use ipnet::IpNet;

use crate::message::Message;
use crate::problem::Problem;
use crate::problem::toml::Table;

/// How the web is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Whom a site's operator can write to: a mail address or an http(s) page. In the User-Agent.
    pub contact: Option<String>,
    /// Between the end of one request to a host and the start of the next.
    pub gap: Duration,
    /// For one request as a whole, redirects and body included, waiting in line not.
    pub timeout: Duration,
    /// Decoded bytes of a body.
    pub max_body: usize,
    /// Requests under way at once, over all hosts.
    pub concurrency: usize,
    /// Non-global networks that may be reached all the same.
    pub allow_networks: Vec<IpNet>,
    /// Hosts whose `robots.txt` is not asked: the office's own site, or one whose operator agreed
    /// in writing. As URLs write them: lower case, punycode.
    pub ignore_robots: Vec<String>,
    /// Hosts whose address is settled here and not by DNS, like curl's `--resolve`. The port
    /// counts where the URL names none. The address must be global or in `allow_networks`.
    pub resolve: BTreeMap<String, SocketAddr>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            contact: None,
            gap: Duration::from_secs(2),
            timeout: Duration::from_secs(30),
            max_body: 8 << 20,
            concurrency: 64,
            allow_networks: Vec::new(),
            ignore_robots: Vec::new(),
            resolve: BTreeMap::new(),
        }
    }
}

/// Reads the `[fetch]` table; what is missing has its default.
#[must_use]
pub fn read_settings(table: Option<Table<'_>>) -> Settings {
    let mut settings = Settings::default();
    let Some(mut table) = table else {
        return settings;
    };
    settings.contact = read_contact(&mut table);
    if let Some(gap) = table.duration("gap") {
        settings.gap = gap.value;
    }
    if let Some(timeout) = table.duration("timeout") {
        if timeout.value.is_zero() {
            table.error(
                timeout.span,
                Message::new("gathering-timeout-zero"),
                Message::new("gathering-timeout-zero-mend"),
            );
        } else {
            settings.timeout = timeout.value;
        }
    }
    if let Some(size) = table.size("max_body") {
        settings.max_body = usize::try_from(size.value).unwrap_or(usize::MAX);
    }
    if let Some(number) = table.integer("concurrency", 1..=1024) {
        settings.concurrency = usize::try_from(number.value).unwrap_or(1);
    }
    settings.allow_networks = read_networks(&mut table);
    settings.ignore_robots = read_hosts(&mut table, "ignore_robots");
    settings.resolve = read_resolve(&mut table);
    table.finish();
    settings
}

fn read_contact(table: &mut Table<'_>) -> Option<String> {
    let Some(contact) = table.string("contact") else {
        if !table.has("contact") {
            table.problems().push(
                Problem::warning(
                    table.file(),
                    header_line(table),
                    Message::new("gathering-no-contact"),
                )
                .mend(Message::new("gathering-no-contact-mend")),
            );
        }
        return None;
    };
    // It stands in a header, between brackets.
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '(' | ')' | '\\' | '<' | '>' | ',');
    let reachable = contact.value.contains('@')
        || contact.value.starts_with("https://")
        || contact.value.starts_with("http://");
    if reachable && contact.value.chars().all(plain) {
        return Some(contact.value);
    }
    table.error(
        contact.span,
        Message::new("gathering-bad-contact").with("contact", contact.value),
        Message::new("gathering-bad-contact-mend"),
    );
    None
}

fn header_line(table: &Table<'_>) -> std::ops::Range<usize> {
    let text = &table.file().text;
    let start = table.span().start.min(text.len());
    let end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    start..end
}

fn read_networks(table: &mut Table<'_>) -> Vec<IpNet> {
    let mut networks = Vec::new();
    for written in table.strings("allow_networks").unwrap_or_default() {
        let text = written.value.trim();
        match text
            .parse::<IpNet>()
            .or_else(|error| text.parse::<IpAddr>().map(IpNet::from).map_err(|_| error))
        {
            Ok(network) => networks.push(network.trunc()),
            Err(_) => table.error(
                written.span,
                Message::new("gathering-bad-network").with("network", text),
                Message::new("gathering-bad-network-mend"),
            ),
        }
    }
    networks
}

/// Host names, as URLs write them: lower case, punycode, no dot at the end.
fn host_name(written: &str) -> Option<String> {
    let host = url::Host::parse(written.trim().trim_end_matches('.')).ok()?;
    Some(host.to_string())
}

fn read_hosts(table: &mut Table<'_>, key: &'static str) -> Vec<String> {
    let mut hosts = Vec::new();
    for written in table.strings(key).unwrap_or_default() {
        match host_name(&written.value) {
            Some(host) => hosts.push(host),
            None => table.error(
                written.span,
                Message::new("gathering-bad-host").with("host", written.value),
                Message::new("gathering-bad-host-mend"),
            ),
        }
    }
    hosts
}

fn read_resolve(table: &mut Table<'_>) -> BTreeMap<String, SocketAddr> {
    let mut fixed = BTreeMap::new();
    let Some(mut hosts) = table.table("resolve") else {
        return fixed;
    };
    for (host, address) in hosts.entries() {
        match address.value.parse::<SocketAddr>() {
            Ok(address) => {
                let name = host_name(&host.value).unwrap_or(host.value);
                fixed.insert(name, address);
            }
            Err(_) => table.error(
                address.span,
                Message::new("gathering-bad-resolve")
                    .with("host", host.value)
                    .with("address", address.value),
                Message::new("gathering-bad-resolve-mend"),
            ),
        }
    }
    fixed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::toml::read_file;
    use crate::problem::{Problems, SourceFile};

    fn read(text: &str) -> (Settings, Vec<&'static str>) {
        let problems = Problems::default();
        let file = SourceFile::new("canhtin.toml", text);
        let settings = read_file(&file, &problems, |mut root| {
            let settings = read_settings(root.table("fetch"));
            root.finish();
            settings
        });
        let ids = problems.into_sorted().iter().map(|p| p.what.id()).collect();
        (settings, ids)
    }

    #[test]
    fn every_key_and_its_default() {
        assert_eq!(read(""), (Settings::default(), vec![]));
        let text = "[fetch]\ncontact = 'a@b.vn'\ngap = '1s'\ntimeout = '5s'\nmax_body = '1MiB'\n\
                    concurrency = 8\nallow_networks = ['127.0.0.0/8', '10.1.2.3', '10.9.9.9/8']\n\
                    ignore_robots = ['WWW.Huyện.example.']\n\
                    [fetch.resolve]\n'Tin.Example.' = '127.0.0.1:8080'\n'đàn.example' = '[::1]:80'";
        let marked: url::Url = "http://đàn.example/".parse().unwrap();
        let own: url::Url = "http://www.huyện.example/".parse().unwrap();
        let wanted = Settings {
            contact: Some("a@b.vn".to_owned()),
            gap: Duration::from_secs(1),
            timeout: Duration::from_secs(5),
            max_body: 1 << 20,
            concurrency: 8,
            allow_networks: ["127.0.0.0/8", "10.1.2.3/32", "10.0.0.0/8"]
                .map(|net| net.parse().unwrap())
                .into(),
            ignore_robots: vec![own.host_str().unwrap().to_owned()],
            resolve: [
                ("tin.example", "127.0.0.1:8080"),
                (marked.host_str().unwrap(), "[::1]:80"),
            ]
            .map(|(host, address)| (host.to_owned(), address.parse().unwrap()))
            .into(),
        };
        assert_eq!(read(text), (wanted, vec![]));
    }

    #[test]
    fn each_mistake_has_its_problem() {
        for (line, wanted) in [
            ("", "gathering-no-contact"),
            ("contact = 'văn phòng'", "gathering-bad-contact"),
            ("contact = \"a@b.vn\\r\\nX: y\"", "gathering-bad-contact"),
            (
                "contact = 'a@b.vn'\ntimeout = '0s'",
                "gathering-timeout-zero",
            ),
            ("contact = 'a@b.vn'\ngap = 2", "problem-wrong-type"),
            (
                "contact = 'a@b.vn'\nconcurrency = 0",
                "problem-out-of-range",
            ),
            (
                "contact = 'a@b.vn'\nallow_networks = ['nội bộ']",
                "gathering-bad-network",
            ),
            (
                "contact = 'a@b.vn'\nignore_robots = ['https://a.vn/']",
                "gathering-bad-host",
            ),
            (
                "contact = 'a@b.vn'\nresolve = { 'a.vn' = '127.0.0.1' }",
                "gathering-bad-resolve",
            ),
            (
                "contact = 'https://a.vn/bot'\nmaxbody = '1MiB'",
                "problem-unknown-key",
            ),
        ] {
            assert_eq!(read(&format!("[fetch]\n{line}")).1, [wanted], "{line}");
        }
    }
}
