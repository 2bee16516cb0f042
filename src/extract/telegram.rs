//! The preview page of a public Telegram channel, `t.me/s/CHANNEL`: each message's text, link
//! and time. Who wrote, forwarded or is quoted is not taken.

use scraper::{ElementRef, Html, Selector};

use super::feed::garbled;
use super::page::selector;
use super::{Extracted, Limits, Note, address, closed, date, html, unreadable};
use crate::document::Document;
use crate::fetch::{Failure, Fetched};
use crate::text::charset::{self, Markup};

/// The parts of a message, parsed once a page.
struct Parts {
    message: Selector,
    text: Selector,
    preview: Selector,
    link: Selector,
    time: Selector,
}

/// The messages of a channel, the newest last, as the page shows them.
///
/// # Errors
/// `closed` when the channel has no preview: it does not exist, is private, or its owner turned
/// the preview off. Then Telegram leads to a page that only tells the channel's name.
pub(super) fn read(fetched: &Fetched, limits: &Limits) -> Result<Extracted, Failure> {
    let decoded = charset::decode(&fetched.body, fetched.content_type.as_deref(), Markup::Html);
    let tree = html::parse(&decoded.text)
        .ok_or_else(|| unreadable("the page is nested too deep or too big to be taken apart"))?;
    let parts = Parts {
        message: selector(".tgme_widget_message[data-post]")?,
        text: selector(".tgme_widget_message_text, .tgme_widget_message_poll_question")?,
        preview: selector(".link_preview_title, .link_preview_description")?,
        link: selector("a.tgme_widget_message_date[href]")?,
        time: selector("a.tgme_widget_message_date time[datetime]")?,
    };
    let mut extracted = Extracted::default();
    let mut shown = 0;
    for message in tree.select(&parts.message) {
        shown += 1;
        if extracted.documents.len() < limits.max_items {
            extracted
                .documents
                .extend(document(message, &parts, limits));
        }
    }
    if shown == 0 {
        return nothing(&tree);
    }
    let taken = extracted.documents.len();
    if taken == limits.max_items && shown > taken {
        extracted.notes.push(Note::Surplus { taken, shown });
    }
    extracted.notes.extend(garbled(&decoded));
    Ok(extracted)
}

/// A channel that has a preview and no message is empty; without a preview it is closed.
fn nothing(tree: &Html) -> Result<Extracted, Failure> {
    let history = selector(".tgme_channel_history, .tgme_header_search_form")?;
    let profile = selector(".tgme_page")?;
    if tree.select(&history).next().is_some() {
        return Ok(Extracted::default());
    }
    if tree.select(&profile).next().is_some() {
        return Err(closed(
            "the channel has no public preview: it is private, gone, or its owner turned it off",
        ));
    }
    Err(unreadable("not the preview page of a Telegram channel"))
}

/// A message with something to read in it: pictures and stickers alone are none.
fn document(message: ElementRef<'_>, parts: &Parts, limits: &Limits) -> Option<Document> {
    let own = |element: &ElementRef<'_>| !is_quoted(*element, message);
    let text = message.select(&parts.text).filter(own);
    let preview = message.select(&parts.preview);
    let said: Vec<String> = text
        .chain(preview)
        .map(|part| html::text(&part.html()))
        .filter(|part| !part.is_empty())
        .collect();
    if said.is_empty() {
        return None;
    }
    let link = message.select(&parts.link).next();
    let written = link.and_then(|link| link.attr("href"));
    let url = written
        .and_then(|href| address::normalised(href, None))
        .or_else(|| {
            let post = message.attr("data-post")?;
            address::normalised(&format!("https://t.me/{post}"), None)
        })?;
    let time = message.select(&parts.time).next();
    Some(Document {
        id: url.clone(),
        url: Some(url),
        title: String::new(),
        text: said.join("\n\n"),
        published: time.and_then(|time| date::parse(time.attr("datetime")?, &limits.tz)),
    })
}

/// Whether the element lies in the quotation of another message.
fn is_quoted(element: ElementRef<'_>, message: ElementRef<'_>) -> bool {
    element
        .ancestors()
        .take_while(|node| *node != *message)
        .filter_map(|node| node.value().as_element())
        .any(|element| {
            element
                .classes()
                .any(|class| class == "tgme_widget_message_reply")
        })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{fetched, limits};
    use super::*;
    use crate::fetch::FailureClass;

    #[test]
    fn messages_with_link_and_time_and_nobody_in_them() {
        let page = include_str!("../../tests/fixtures/kinds/telegram.html");
        let extracted = read(&fetched("https://t.me/s/tin_xa_thu", page), &limits()).unwrap();
        let rows: Vec<(&str, &str, Option<String>)> = extracted
            .documents
            .iter()
            .map(|d| {
                let time = d.published.map(|time| time.to_string());
                (d.url.as_deref().unwrap(), d.text.as_str(), time)
            })
            .collect();
        assert_eq!(
            rows,
            [
                (
                    "https://t.me/tin_xa_thu/101",
                    "Chợ phiên mở lại từ thứ Bảy.\nBà con nhớ mang khẩu trang.",
                    Some("2021-08-22T01:30:00Z".to_owned())
                ),
                (
                    "https://t.me/tin_xa_thu/103",
                    "Đã trả lời câu hỏi bên trên.",
                    Some("2021-08-22T09:05:10Z".to_owned())
                ),
                (
                    "https://t.me/tin_xa_thu/104",
                    "Lịch cắt điện tuần tới\n\nĐiện lực huyện thông báo lịch cắt điện.",
                    Some("2021-08-23T00:00:00Z".to_owned())
                ),
            ]
        );
        let all = format!("{:?}", extracted.documents);
        for person in ["Người gửi", "Người được trích", "Kênh nguồn"] {
            assert!(page.contains(person) && !all.contains(person), "{person}");
        }
    }

    #[test]
    fn no_preview_and_no_message_are_told_apart() {
        let closed = "<div class=tgme_page><div class=tgme_page_title>Tin xã</div></div>";
        let empty = "<section class=tgme_channel_history></section>";
        let other = "<p>Xin chào</p>";
        let class = |page: &str| read(&fetched("https://t.me/s/x", page), &limits());
        assert_eq!(class(closed).unwrap_err().class, FailureClass::Closed);
        assert!(class(empty).unwrap().documents.is_empty());
        assert_eq!(class(other).unwrap_err().class, FailureClass::Unreadable);
    }
}
