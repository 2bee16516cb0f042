//! One address for one page: what only says how a reader came there is left out.

use url::Url;

/// Parameters that trackers add to any link, by their publishers' documents.
const TRACKING: [&str; 17] = [
    "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "ttclid",
    "twclid", "igshid", "mc_cid", "mc_eid", "zarsrc", "_ga", "_gl", "_hsenc",
];

/// The normalised form of an address: scheme and host in lower case, no default port (both by
/// the parser), no credentials, no fragment, no tracking parameters. The order of the other
/// parameters stays: to some servers it matters. `None` where it is no http(s) address.
#[must_use]
pub fn normalised(written: &str, base: Option<&Url>) -> Option<String> {
    let written = written.trim();
    // An empty reference is the base itself, which no item means.
    if written.is_empty() {
        return None;
    }
    let mut url = match base {
        Some(base) => base.join(written).ok()?,
        None => Url::parse(written).ok()?,
    };
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return None;
    }
    url.set_fragment(None);
    // These fail only without a host.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    if let Some(query) = url.query() {
        let kept: Vec<&str> = query
            .split('&')
            .filter(|pair| !pair.is_empty() && !is_tracking(pair))
            .collect();
        let kept = kept.join("&");
        url.set_query((!kept.is_empty()).then_some(kept.as_str()));
    }
    Some(url.into())
}

fn is_tracking(pair: &str) -> bool {
    let name = pair
        .split_once('=')
        .map_or(pair, |(name, _)| name)
        .to_ascii_lowercase();
    name.starts_with("utm_") || TRACKING.contains(&name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_a_page_stays_and_nothing_else() {
        let base = Url::parse("https://bao.example/tin-tuc/?trang=2").unwrap();
        for (written, wanted) in [
            (
                "HTTPS://Bao.Example:443/Tin?b=2&a=1#binh-luan",
                Some("https://bao.example/Tin?b=2&a=1"),
            ),
            ("http://bao.example:8080/", Some("http://bao.example:8080/")),
            (
                "/bai.html?utm_source=rss&UTM_Medium=x&id=7&fbclid=abc",
                Some("https://bao.example/bai.html?id=7"),
            ),
            (
                "bai.html?fbclid=1&",
                Some("https://bao.example/tin-tuc/bai.html"),
            ),
            (
                "//khac.example/a?q=%C3%A1&x",
                Some("https://khac.example/a?q=%C3%A1&x"),
            ),
            ("https://u:p@bao.example/a", Some("https://bao.example/a")),
            (" \n/a b ", Some("https://bao.example/a%20b")),
            ("javascript:void(0)", None),
            ("mailto:a@b.example", None),
            ("", None),
        ] {
            assert_eq!(
                normalised(written, Some(&base)).as_deref(),
                wanted,
                "{written}"
            );
        }
    }

    #[test]
    fn normalising_twice_changes_nothing() {
        let once = normalised("https://x.example/?a&&b=1&utm_id=3", None).unwrap();
        assert_eq!(normalised(&once, None).as_ref(), Some(&once));
    }
}
