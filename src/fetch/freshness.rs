//! How long a server says that its answer stays good.

use std::time::Duration;

use reqwest::header::{self, HeaderMap};

use super::failure::http_date;

/// The lifetime that is left (RFC 9111 §4.2.1): `max-age` less `Age`, else `Expires` less
/// `Date`, so that no clock but the server's counts. `None` where the server says nothing, or
/// that it never stays good (`no-cache`, `no-store`).
pub(super) fn fresh_for(headers: &HeaderMap) -> Option<Duration> {
    let said = |name| headers.get(name)?.to_str().ok().map(str::trim);
    let mut max_age = None;
    for directive in headers.get_all(header::CACHE_CONTROL) {
        for directive in directive.to_str().ok()?.split(',') {
            let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
            match name.trim().to_ascii_lowercase().as_str() {
                "no-cache" | "no-store" => return None,
                "max-age" => max_age = value.trim().trim_matches('"').parse::<u64>().ok(),
                _ => {}
            }
        }
    }
    let left = match max_age {
        Some(seconds) => {
            let age = said(header::AGE).and_then(|age| age.parse().ok());
            Duration::from_secs(seconds.saturating_sub(age.unwrap_or(0)))
        }
        None => {
            let expires = http_date(said(header::EXPIRES)?)?;
            let date = http_date(said(header::DATE)?)?;
            Duration::try_from(expires.duration_since(date)).ok()?
        }
    };
    (!left.is_zero()).then_some(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lifetime_that_is_left() {
        const DATE: (&str, &str) = ("date", "Mon, 23 Aug 2021 07:00:00 GMT");
        type Headers = &'static [(&'static str, &'static str)];
        let rows: [(Headers, Option<u64>); 10] = [
            (&[], None),
            (&[("cache-control", "max-age=600")], Some(600)),
            (
                &[("cache-control", "public, Max-Age=\"600\""), ("age", "540")],
                Some(60),
            ),
            (&[("cache-control", "max-age=60"), ("age", "90")], None),
            (&[("cache-control", "max-age=60, no-cache")], None),
            (&[("cache-control", "max-age=soon")], None),
            (
                &[DATE, ("expires", "Mon, 23 Aug 2021 07:30:00 GMT")],
                Some(1800),
            ),
            (&[DATE, ("expires", "Mon, 23 Aug 2021 06:30:00 GMT")], None),
            (&[DATE, ("expires", "0")], None),
            (
                &[
                    DATE,
                    ("expires", "Mon, 23 Aug 2021 07:30:00 GMT"),
                    ("cache-control", "max-age=5"),
                ],
                Some(5),
            ),
        ];
        for (headers, wanted) in rows {
            let map = headers
                .iter()
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
            let left = fresh_for(&map.collect::<HeaderMap>());
            assert_eq!(left, wanted.map(Duration::from_secs), "{headers:?}");
        }
    }
}
