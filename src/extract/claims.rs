//! Claims that fact checkers reviewed, as pages tell them to machines: ClaimReview
//! (<https://schema.org/ClaimReview>) in JSON-LD, in a page or in a file of its own.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use scraper::Selector;
use serde_json::Value;

use super::{clean, date, html};
use crate::text::charset::{self, Markup};

/// JSON-LD is looked through to this depth: a graph holds articles that hold reviews.
const DEEPEST: usize = 12;
/// Reviews taken from one page.
const MOST: usize = 200;
/// Characters of each text that are kept.
const LONGEST: usize = 1_000;

/// One review. It names the organisation that checked, never an author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimReview {
    /// What was claimed.
    pub claim: String,
    /// Which organisation reviewed it.
    pub by: Option<String>,
    /// When.
    pub at: Option<Timestamp>,
    /// Where the review stands.
    pub url: Option<String>,
    /// The rating in its words.
    pub rating: Option<String>,
    /// Whether the rating says that the claim is false.
    pub refuted: bool,
}

/// The reviews that a page (HTML) or a file (JSON, or JSON lines) holds, in its order. Times
/// without a zone are meant in `tz`.
#[must_use]
pub fn claims(body: &[u8], content_type: Option<&str>, tz: &TimeZone) -> Vec<ClaimReview> {
    let text = charset::decode(body, content_type, Markup::Html).text;
    let mut found = Vec::new();
    if text.trim_start().starts_with(['{', '[']) {
        match serde_json::from_str::<Value>(&text) {
            Ok(value) => collect(&value, DEEPEST, tz, &mut found),
            Err(_) => {
                for line in text.lines() {
                    if let Ok(value) = serde_json::from_str::<Value>(line) {
                        collect(&value, DEEPEST, tz, &mut found);
                    }
                }
            }
        }
        return found;
    }
    let Some(tree) = html::parse(&text) else {
        return found;
    };
    let Ok(scripts) = Selector::parse("script[type='application/ld+json']") else {
        return found;
    };
    for script in tree.select(&scripts) {
        let text: String = script.text().collect();
        // Editors leave line breaks inside the strings, which JSON forbids.
        let text = text.replace(['\n', '\r', '\t'], " ");
        if let Ok(value) = serde_json::from_str::<Value>(&text) {
            collect(&value, DEEPEST, tz, &mut found);
        }
    }
    found
}

fn collect(value: &Value, depth: usize, tz: &TimeZone, found: &mut Vec<ClaimReview>) {
    if depth == 0 || found.len() >= MOST {
        return;
    }
    match value {
        Value::Array(list) => {
            for value in list {
                collect(value, depth - 1, tz, found);
            }
        }
        Value::Object(object) => {
            if is_review(value) {
                found.extend(review(value, tz));
                return;
            }
            for value in object.values() {
                if value.is_array() || value.is_object() {
                    collect(value, depth - 1, tz, found);
                }
            }
        }
        _ => {}
    }
}

fn is_review(value: &Value) -> bool {
    let is = |kind: &Value| {
        let kind = kind.as_str().unwrap_or_default();
        kind.rsplit(['/', ':']).next() == Some("ClaimReview")
    };
    match value.get("@type") {
        Some(Value::Array(kinds)) => kinds.iter().any(is),
        Some(kind) => is(kind),
        None => false,
    }
}

fn review(value: &Value, tz: &TimeZone) -> Option<ClaimReview> {
    let rating = value.get("reviewRating");
    let words = rating
        .and_then(|rating| line(rating.get("alternateName")).or_else(|| line(rating.get("name"))));
    Some(ClaimReview {
        claim: line(value.get("claimReviewed"))?,
        by: organisation(value.get("author")).or_else(|| organisation(value.get("publisher"))),
        at: line(value.get("datePublished")).and_then(|time| date::parse(&time, tz)),
        url: line(value.get("url"))
            .filter(|url| url.starts_with("http://") || url.starts_with("https://")),
        refuted: match &words {
            Some(words) => says_false(words),
            None => rating.is_some_and(is_worst),
        },
        rating: words,
    })
}

/// A text, or the first one of a list, on one line.
fn line(value: Option<&Value>) -> Option<String> {
    let text = match value? {
        Value::String(text) => text,
        Value::Array(list) => list.iter().find_map(Value::as_str)?,
        _ => return None,
    };
    let text: String = clean::line(text).chars().take(LONGEST).collect();
    Some(text).filter(|text| !text.is_empty())
}

/// The name of an organisation; a person's is not taken.
fn organisation(value: Option<&Value>) -> Option<String> {
    let value = match value? {
        Value::Array(list) => list.first()?,
        value => value,
    };
    let kind = value.get("@type").map(Value::to_string).unwrap_or_default();
    (kind.contains("Organization"))
        .then(|| line(value.get("name")))
        .flatten()
}

/// Whether a rating's words say that the claim is false. Ratings are free text: these are the
/// words that Vietnamese and English-speaking checkers use.
fn says_false(words: &str) -> bool {
    const FALSE: [&str; 17] = [
        "sai",
        "giả",
        "bịa đặt",
        "không đúng",
        "không chính xác",
        "xuyên tạc",
        "hoang đường",
        "không có cơ sở",
        "không có căn cứ",
        "lừa đảo",
        "false",
        "fake",
        "incorrect",
        "misleading",
        "debunked",
        "pants on fire",
        "hoax",
    ];
    const NOT: [&str; 5] = ["không sai", "không giả", "not false", "not fake", "sai số"];
    let words = words.to_lowercase();
    let whole = |wanted: &&str| {
        words.match_indices(*wanted).any(|(at, found)| {
            let border = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
            border(words[..at].chars().next_back())
                && border(words[at + found.len()..].chars().next())
        })
    };
    FALSE.iter().any(whole) && !NOT.iter().any(whole)
}

/// Whether a rating without words is the worst of its scale (1 unless it says otherwise:
/// <https://schema.org/worstRating>).
fn is_worst(rating: &Value) -> bool {
    let number = |name: &str| {
        let value = rating.get(name)?;
        let text = value.as_str().map(str::to_owned);
        text.unwrap_or_else(|| value.to_string())
            .parse::<f64>()
            .ok()
    };
    let worst = number("worstRating").unwrap_or(1.0);
    number("ratingValue").is_some_and(|value| value <= worst)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Vec<ClaimReview> {
        claims(body.as_bytes(), None, &TimeZone::fixed(jiff::tz::offset(7)))
    }

    const REVIEW: &str = r#"{"@type":"ClaimReview","claimReviewed":"Uống nước tỏi khỏi Covid",
        "author":{"@type":"Organization","name":"Trung tâm kiểm chứng"},
        "datePublished":"2021-08-29","url":"https://kiem.example/toi",
        "reviewRating":{"@type":"Rating","ratingValue":1,"bestRating":5,"alternateName":"Sai"}}"#;

    #[test]
    fn reviews_are_found_wherever_they_are_nested() {
        let page = |json: &str| {
            format!(
                "<html><head><script type=\"application/ld+json\">{json}</script></head></html>"
            )
        };
        let forms = [
            REVIEW.to_owned(),
            format!("[{REVIEW}]"),
            page(REVIEW),
            page(&format!("[{{\"@type\":\"WebSite\"}},{REVIEW}]")),
            page(&format!(
                "{{\"@context\":\"https://schema.org\",\"@graph\":[{REVIEW}]}}"
            )),
            page(&format!(
                "{{\"@type\":\"NewsArticle\",\"review\":{REVIEW}}}"
            )),
            page(&REVIEW.replace(
                "\"ClaimReview\"",
                "[\"Review\",\"https://schema.org/ClaimReview\"]",
            )),
            page(&REVIEW.replace("khỏi Covid", "khỏi\nCovid")),
        ];
        for form in forms {
            let found = read(&form);
            assert_eq!(found.len(), 1, "{form}");
            let review = &found[0];
            assert_eq!(review.claim, "Uống nước tỏi khỏi Covid");
            assert_eq!(review.by.as_deref(), Some("Trung tâm kiểm chứng"));
            assert_eq!(review.url.as_deref(), Some("https://kiem.example/toi"));
            assert_eq!(review.at.unwrap().to_string(), "2021-08-28T17:00:00Z");
            assert!(review.refuted);
        }
        let lines = REVIEW.replace('\n', " ");
        assert_eq!(read(&format!("{lines}\n{lines}\n")).len(), 2);
        for nothing in [
            "",
            "<p>ClaimReview</p>",
            "{",
            "[1,2]",
            "{\"@type\":\"ClaimReview\"}",
        ] {
            assert_eq!(read(nothing), [], "{nothing}");
        }
    }

    #[test]
    fn a_persons_name_is_not_taken() {
        let body = REVIEW.replace("\"Organization\"", "\"Person\"");
        assert_eq!(read(&body)[0].by, None);
    }

    #[test]
    fn ratings_are_read_by_their_words_then_by_their_number() {
        let rows = [
            (r#""alternateName":"Sai sự thật""#, true),
            (r#""alternateName":"Tin giả""#, true),
            (r#""alternateName":"BỊA ĐẶT""#, true),
            (r#""alternateName":"False""#, true),
            (r#""name":"Mostly false""#, true),
            (r#""alternateName":"Đúng","ratingValue":1"#, false),
            (r#""alternateName":"Chưa rõ""#, false),
            (r#""alternateName":"Không sai""#, false),
            (r#""ratingValue":"1","bestRating":"5""#, true),
            (r#""ratingValue":0,"worstRating":0"#, true),
            (r#""ratingValue":4,"bestRating":5"#, false),
            (r#""bestRating":5"#, false),
        ];
        for (rating, refuted) in rows {
            let body = format!(
                r#"{{"@type":"ClaimReview","claimReviewed":"x","reviewRating":{{{rating}}}}}"#
            );
            assert_eq!(read(&body)[0].refuted, refuted, "{rating}");
        }
    }

    #[test]
    fn a_bomb_of_nesting_ends_soon() {
        let deep = "[".repeat(50_000) + &"]".repeat(50_000);
        assert_eq!(read(&deep), []);
        let wide = format!("[{}]", vec![REVIEW; 1_000].join(","));
        assert_eq!(read(&wide).len(), MOST);
    }
}
