//! OPML 2.0 (opml.org/spec2): the list of sources, as feed readers hand it to each other. What
//! OPML has no word for stands in attributes of a namespace of our own, so that an export that
//! is imported again is the same list.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::escape::{escape, unescape};
use quick_xml::events::{BytesStart, Event};

use super::{Draft, Kind, Source, Trust};

/// The namespace of what OPML has no word for.
const NAMESPACE: &str = "urn:canhtin:source";
/// Keys of a block that are kept in that namespace, besides those of the recipe.
const OWN: [&str; 5] = ["id", "kind", "trust", "every", "follow"];
/// Subscriptions taken from one file.
const MOST: usize = 20_000;

/// A file that is no OPML.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not OPML: {0}")]
pub struct OpmlError(String);

/// The subscriptions of an OPML file. A folder's name becomes a tag. The id of a draft is the
/// one the file keeps, else empty.
///
/// # Errors
/// When the text has no `<opml>` or cannot be read to its end.
pub fn read(text: &str) -> Result<Vec<Draft>, OpmlError> {
    let mut reader = Reader::from_str(text);
    let mut drafts = Vec::new();
    let mut folders: Vec<Option<String>> = Vec::new();
    let mut is_opml = false;
    loop {
        let (tag, empty) = match reader.read_event() {
            Ok(Event::Start(tag)) => (tag, false),
            Ok(Event::Empty(tag)) => (tag, true),
            Ok(Event::End(tag)) => {
                if tag.name().as_ref().eq_ignore_ascii_case("outline") {
                    folders.pop();
                }
                continue;
            }
            Ok(Event::Eof) => break,
            Ok(_) => continue,
            Err(error) => return Err(OpmlError(error.to_string())),
        };
        let name = tag.name().as_ref().to_ascii_lowercase();
        is_opml |= name == "opml";
        if name != "outline" {
            continue;
        }
        let attributes = attributes(&tag);
        let draft = draft(&attributes, &folders);
        if !empty {
            let folder = attributes.get("text").filter(|_| draft.is_none());
            folders.push(folder.cloned());
        }
        if drafts.len() < MOST {
            drafts.extend(draft);
        }
    }
    match is_opml {
        true => Ok(drafts),
        false => Err(OpmlError("it has no <opml>".to_owned())),
    }
}

/// By their names in lower case, without the prefix of our own namespace's usual name.
fn attributes(tag: &BytesStart<'_>) -> BTreeMap<String, String> {
    let mut written = tag.attributes();
    let written = written.with_checks(false).flatten().map(|attribute| {
        let value: &str = &attribute.value;
        let value = unescape(value).map_or_else(|_| value.to_owned(), |value| value.into_owned());
        (attribute.key.as_ref().to_ascii_lowercase(), value)
    });
    written.collect()
}

fn draft(attributes: &BTreeMap<String, String>, folders: &[Option<String>]) -> Option<Draft> {
    let url = attributes
        .get("xmlurl")
        .filter(|url| !url.trim().is_empty())?;
    let own = |key: &str| attributes.get(&format!("canhtin:{key}")).cloned();
    let kind = own("kind").and_then(|kind| kind.parse().ok());
    let id = own("id").unwrap_or_default();
    let mut draft = Draft::new(id, kind.unwrap_or(Kind::Feed), url.trim());
    let named = ["text", "title"].map(|key| attributes.get(key).map(|name| name.trim()));
    let name = named.into_iter().flatten().find(|name| !name.is_empty());
    draft.name = name.unwrap_or_default().to_owned();
    draft.trust = own("trust").and_then(|trust| trust.parse::<Trust>().ok());
    draft.every = own("every").unwrap_or_default();
    draft.follow = own("follow").map(|follow| follow == "true");
    // "/a/b,/c" names places in trees of categories; a tag is the last part of one.
    let categories = attributes.get("category").map_or("", String::as_str);
    let categories = categories
        .split(',')
        .filter_map(|path| path.rsplit('/').next());
    let folders = folders.iter().flatten().map(String::as_str);
    for tag in categories.chain(folders).map(str::trim) {
        if !tag.is_empty() && draft.tags.iter().all(|known| known != tag) {
            draft.tags.push(tag.to_owned());
        }
    }
    draft.recipe = attributes
        .iter()
        .filter_map(|(key, value)| {
            let key = key.strip_prefix("canhtin:")?;
            (!OWN.contains(&key)).then(|| (key.to_owned(), value.clone()))
        })
        .collect();
    Some(draft)
}

/// The sources as OPML. The headers of an API are left out.
#[must_use]
pub fn write(sources: &[Source], title: &str) -> String {
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\" xmlns:canhtin=\"{NAMESPACE}\">\n\
         <head><title>{}</title></head>\n<body>\n",
        escape(title)
    );
    for source in sources {
        let draft = Draft::from(source);
        let mut line = |key: &str, value: &str| {
            if !value.is_empty() {
                let value = escape(value).replace('\n', "&#10;");
                text.push_str(&format!(" {key}=\"{value}\""));
            }
        };
        line("type", "rss");
        line("text", &source.name);
        line("xmlUrl", &draft.url);
        line("category", &draft.tags.join(","));
        line("canhtin:id", &draft.id);
        line("canhtin:kind", &draft.kind.to_string());
        line("canhtin:trust", &source.trust.to_string());
        line("canhtin:every", &draft.every);
        if let Some(follow) = draft.follow {
            line("canhtin:follow", if follow { "true" } else { "false" });
        }
        for (key, value) in &draft.recipe {
            line(&format!("canhtin:{key}"), value);
        }
        text.push_str("/>\n");
    }
    text = text.replace("\n type=", "\n<outline type=");
    text.push_str("</body>\n</opml>\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_other_readers_write() {
        let text = r#"<?xml version="1.0"?><opml version="1.0"><head><title>x</title></head><body>
            <outline text="Y tế" title="Y tế">
              <outline text="Báo &amp; đài" type="rss" xmlUrl="https://bao.example/rss?a=1&amp;b=2" htmlUrl="https://bao.example/"/>
              <outline title="Không chữ" xmlurl="https://khac.example/rss"></outline>
            </outline>
            <outline text="Lẻ" xmlUrl=" https://le.example/rss " category="/Tin/Huyện,/Nhanh"/>
            <outline text="Rỗng" xmlUrl=""/><outline text="Ghi chú"/>
          </body></opml>"#;
        let drafts = read(text).unwrap();
        let rows: Vec<(&str, &str, Vec<&str>)> = drafts
            .iter()
            .map(|d| {
                let tags = d.tags.iter().map(String::as_str).collect();
                (d.name.as_str(), d.url.as_str(), tags)
            })
            .collect();
        assert_eq!(
            rows,
            [
                ("Báo & đài", "https://bao.example/rss?a=1&b=2", vec!["Y tế"]),
                ("Không chữ", "https://khac.example/rss", vec!["Y tế"]),
                ("Lẻ", "https://le.example/rss", vec!["Huyện", "Nhanh"]),
            ]
        );
        assert!(read("<rss></rss>").is_err());
        assert!(read("").is_err());
    }

    #[test]
    fn an_export_that_is_imported_is_the_same_list() {
        let mut page = Draft::new("cong", Kind::Page, "https://cong.example/tin?a=1&b=2");
        page.name = "Cổng \"huyện\" <mới>".to_owned();
        page.trust = Some(Trust::Official);
        page.tags = vec!["y-te".to_owned(), "huyen".to_owned()];
        page.every = "3600s".to_owned();
        page.follow = Some(true);
        page.recipe = [("item", "ul > li.tin"), ("link", "a@href")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into();
        let mut channel = Draft::new("kenh", Kind::Telegram, "https://t.me/kenh_thu");
        channel.name = "Kênh".to_owned();
        channel.trust = Some(Trust::Social);
        channel.every = "900s".to_owned();
        let drafts = [page, channel];
        let sources: Vec<Source> = drafts.iter().map(|d| d.settle().unwrap()).collect();
        let text = write(&sources, "Nguồn & tin");
        assert_eq!(read(&text).unwrap(), drafts, "{text}");
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_it(text in "(<opml>)?[<>/=\"'&;a-cấ outlinexmlUrl\u{0}]{0,120}") {
            let _ = read(&text);
        }
    }
}
