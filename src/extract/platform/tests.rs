//! The feeds of platforms through the door of the room.

use super::super::extract;
use super::super::testing::{fetched, limits, source};
use super::*;
use crate::fetch::FailureClass;

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../../../tests/fixtures/kinds/", $name))
    };
}

fn read_as(kind: &str, url: &str, body: &str) -> Result<Extracted, Failure> {
    let source = source(&format!("kind = '{kind}'\nurl = '{url}'"));
    let at = source.url.to_string();
    extract(&source, &fetched(&at, body), &limits())
}

#[test]
fn each_platform_gives_its_items_and_nobody() {
    let rows = [
        (
            "youtube",
            "https://www.youtube.com/channel/UC0123456789abcdefABCD_-",
            fixture!("youtube.atom"),
            "Hỏi đáp về tiêm phòng",
            "Bác sĩ trả lời mười câu hỏi thường gặp.",
            "2021-08-23T02:00:10Z",
        ),
        (
            "reddit",
            "https://www.reddit.com/r/lang",
            fixture!("reddit.atom"),
            "Cầu mới có đúng là sắp thông xe?",
            "Nghe nói cầu mới sắp thông xe.",
            "2021-08-23T02:59:00Z",
        ),
        (
            "mastodon",
            "https://xa.example/@tramyte",
            fixture!("mastodon.rss"),
            "",
            "Sáng mai trạm mở cửa từ 7 giờ.\n\nMang theo sổ. #yte",
            "2021-08-23T02:00:00Z",
        ),
        (
            "forum",
            "https://xf.example/forums/suc-khoe.12/",
            fixture!("xenforo.rss"),
            "Uống nước lá có hết ho?",
            "Bà ngoại bảo uống nước lá hẹ.",
            "2021-08-23T02:30:00Z",
        ),
        (
            "forum",
            "https://dd.example/latest",
            fixture!("discourse.rss"),
            "Kinh nghiệm giữ ấm cho trâu",
            "Che chuồng bằng bạt, lót rơm khô.",
            "2021-08-23T02:00:00Z",
        ),
        (
            "forum",
            "https://pb.example/viewforum.php?f=5",
            fixture!("phpbb.atom"),
            "Chăn nuôi • Gà bị rù",
            "Gà nhà tôi bị rù từ hôm qua.",
            "2021-08-23T01:00:00Z",
        ),
    ];
    for (kind, url, body, title, text, time) in rows {
        let extracted = read_as(kind, url, body).unwrap();
        let first = &extracted.documents[0];
        let shown = if kind == "reddit" { 2 } else { 1 };
        assert_eq!(extracted.documents.len(), shown, "{url}");
        assert_eq!(first.title, title, "{url}");
        assert!(first.text.starts_with(text), "{url}: {}", first.text);
        assert_eq!(first.published, Some(time.parse().unwrap()), "{url}");
        let all = format!("{:?}", extracted.documents);
        assert!(
            !all.contains("nguoi_dang") && !all.contains("thanh_vien"),
            "{all}"
        );
    }
}

#[test]
fn a_page_leads_to_its_feed() {
    let feed = "https://www.youtube.com/feeds/videos.xml?channel_id=UC0123456789abcdefABCD_-";
    let handle = "https://www.youtube.com/@soyte";
    let page = fixture!("youtube-kenh.html");
    let canonical = page.replace("application/rss+xml", "x");
    for body in [page, &canonical] {
        let extracted = read_as("youtube", handle, body).unwrap();
        assert_eq!(extracted.further, [feed.parse().unwrap()]);
        assert!(extracted.documents.is_empty() && extracted.notes.is_empty());
    }
    let forum = read_as("forum", "https://vb.example/", fixture!("dien-dan.html")).unwrap();
    assert_eq!(
        forum.further,
        ["https://vb.example/external.php?type=RSS2".parse().unwrap()]
    );
}

#[test]
fn pages_that_lead_nowhere_are_told_apart() {
    let login = "<html><form action=/login><input name=u><input type=password></form></html>";
    let other = "<html><p>Bảo trì</p></html>";
    let foreign =
        "<html><link rel=alternate type=application/rss+xml href=https://la.example/rss></html>";
    for (body, class) in [
        (login, FailureClass::Closed),
        (other, FailureClass::Unreadable),
        (foreign, FailureClass::Unreadable),
    ] {
        let failure = read_as("forum", "https://vb.example/", body).unwrap_err();
        assert_eq!(failure.class, class, "{body}");
    }
}
