//! A link as an officer may judge it: where it really leads, with the host in full.

use url::Url;

/// Characters of an address beyond which it is not made a link; the host is told all the same.
const MAX_URL: usize = 2_000;
/// Characters of an address that the HTML part shows; the link itself is whole.
const MAX_SHOWN: usize = 80;

/// A link to a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    /// The address, http or https, without login; all ASCII. Empty where it is too long.
    pub(super) href: String,
    /// The host in letters, and where these are not ASCII, its punycode beside it.
    pub(super) host: String,
    /// The address cut to a readable length.
    pub(super) short: String,
}

impl Link {
    /// `None` for anything but http and https addresses.
    pub(super) fn new(text: &str) -> Option<Self> {
        let mut url = Url::parse(text).ok()?;
        if !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        // `https://moh.gov.vn@elsewhere.example/` leads elsewhere: the login only deceives.
        url.set_username("").ok()?;
        url.set_password(None).ok()?;
        let host = shown_host(url.host_str()?, url.port());
        let href = url.to_string();
        let fits = href.chars().count() <= MAX_URL;
        let bare = href
            .split_once("://")
            .map_or("", |(_, rest)| rest)
            .trim_end_matches('/');
        let short = if bare.chars().count() > MAX_SHOWN {
            let head: String = bare.chars().take(MAX_SHOWN - 1).collect();
            format!("{head}…")
        } else {
            bare.to_owned()
        };
        Some(Self {
            href: if fits { href } else { String::new() },
            host,
            short,
        })
    }
}

/// `báo.vn (xn--bo-qia.vn)`: letters of other scripts can look alike, punycode cannot.
fn shown_host(ascii: &str, port: Option<u16>) -> String {
    let (letters, read) = idna::domain_to_unicode(ascii);
    let mut host = if read.is_ok() && letters != ascii {
        format!("{letters} ({ascii})")
    } else {
        ascii.to_owned()
    };
    if let Some(port) = port {
        host.push_str(&format!(":{port}"));
    }
    host
}

#[cfg(test)]
mod tests {
    use super::Link;

    #[test]
    fn a_link_tells_where_it_leads() {
        let rows = [
            (
                "https://suckhoe.example/a",
                Some(("https://suckhoe.example/a", "suckhoe.example")),
            ),
            (
                "HTTP://Suckhoe.Example:8080/",
                Some(("http://suckhoe.example:8080/", "suckhoe.example:8080")),
            ),
            (
                "https://moh.gov.vn@xau.example/",
                Some(("https://xau.example/", "xau.example")),
            ),
            (
                "https://báogiả.example/tin",
                Some((
                    "https://xn--bogi-5na5286b.example/tin",
                    "báogiả.example (xn--bogi-5na5286b.example)",
                )),
            ),
            // A Cyrillic а.
            (
                "https://bаo.example/",
                Some((
                    "https://xn--bo-7kc.example/",
                    "bаo.example (xn--bo-7kc.example)",
                )),
            ),
            (
                "https://[2001:db8::1]/",
                Some(("https://[2001:db8::1]/", "[2001:db8::1]")),
            ),
            ("javascript:alert(1)", None),
            ("data:text/html,x", None),
            ("mailto:a@b.vn", None),
            ("//suckhoe.example/", None),
            ("", None),
        ];
        for (text, want) in rows {
            let link = Link::new(text);
            let got = link
                .as_ref()
                .map(|link| (link.href.as_str(), link.host.as_str()));
            assert_eq!(got, want, "{text}");
        }
    }

    #[test]
    fn a_monstrous_address_keeps_its_host() {
        let link = Link::new(&format!("https://a.example/{}", "x".repeat(10_000))).unwrap();
        assert_eq!(link.href, "");
        assert_eq!(link.host, "a.example");
        assert_eq!(link.short.chars().count(), 80);
    }
}
