//! Articles in the shapes of Vietnamese news sites, and what is no article.

use jiff::tz::TimeZone;

use super::super::{Limits, Note, article, extract};
use crate::document::Document;
use crate::fetch::{Fetched, Validators};
use crate::source::{Kind, Source};

fn limits() -> Limits {
    Limits::new(TimeZone::get("Asia/Ho_Chi_Minh").unwrap())
}

fn fetched(body: &[u8], content_type: Option<&str>) -> Fetched {
    Fetched {
        url: "https://baomau.example/bai-that.html?utm_source=rss"
            .parse()
            .unwrap(),
        content_type: content_type.map(str::to_owned),
        body: body.to_vec(),
        validators: Validators::default(),
        moved_to: None,
    }
}

fn listed() -> Document {
    Document {
        id: "tin-7".to_owned(),
        url: Some("https://baomau.example/bai-that.html".to_owned()),
        title: "Tiêu đề ở trang danh sách".to_owned(),
        text: "Tóm tắt.".to_owned(),
        published: Some("2021-08-01T00:00:00Z".parse().unwrap()),
    }
}

fn read(body: &str) -> Document {
    let source = Source::ad_hoc(Kind::Page, "https://baomau.example/".parse().unwrap());
    article(
        &source,
        &fetched(body.as_bytes(), None),
        &listed(),
        &limits(),
    )
    .unwrap()
}

#[test]
fn title_time_and_main_text() {
    let published = "2021-08-23T14:30:00+07:00".parse().unwrap();
    let rows = [
        (
            "a modern site",
            include_str!("../../../tests/fixtures/pages/bai-vnx.html"),
            "Chợ phiên vùng cao mở lại sau hai tháng",
            vec![
                "Suối Ngàn Chợ phiên họp lại sáng 23/8 với lối đi một chiều, người bán và người mua đều đeo khẩu trang.",
                "Từ 5 giờ sáng, các ngả đường dẫn về chợ đã đông người. Ban quản lý kẻ vạch sơn, chia chợ thành bốn khu để giữ khoảng cách.",
                "\"Hai tháng không họp chợ, rau trong vườn già hết\", một người bán rau nói. Theo thông báo của xã, mỗi phiên không quá 200 người cùng lúc.",
                "Trạm y tế đặt bàn khai báo ở cả hai cổng.",
                "Ai có biểu hiện ho, sốt xin ở nhà và gọi cho trạm y tế xã để được hướng dẫn.",
                "Người Viết",
            ],
        ),
        (
            "a lead outside the body",
            include_str!("../../../tests/fixtures/pages/bai-sapo.html"),
            "Trường học lùi ngày khai giảng",
            vec![
                "HGO - Các trường trong huyện lùi ngày khai giảng một tuần, học sinh lớp 1 học trực tuyến buổi sáng.",
                "Phòng giáo dục cho biết quyết định được đưa ra sau cuộc họp chiều 22-8 với đại diện phụ huynh các trường.",
                "Những em ở bản xa chưa có mạng sẽ nhận bài in từ thầy cô, mỗi tuần hai lần.",
                "Các lớp bán trú tạm dừng tới khi có thông báo mới.",
                "Khối 1 6-9",
                "Khối 6 7-9",
            ],
        ),
        (
            "an old portal without paragraphs",
            include_str!("../../../tests/fixtures/pages/bai-cu.html"),
            "Xã Suối Ngàn ra quân vệ sinh môi trường",
            vec![
                "Sáng 23/8, hơn 300 người dân ở 12 thôn đã phát quang bụi rậm, khơi thông cống rãnh.",
                "Đây là đợt ra quân thứ ba trong năm. Mỗi thôn chia thành các tổ nhỏ, mỗi tổ không quá 10 người.",
                "Cán bộ thú y phun khử trùng chuồng trại ở những hộ chăn nuôi lớn. Rác thải được gom về bãi tập kết.",
                "Tin, ảnh: Ban biên tập",
            ],
        ),
    ];
    for (name, body, title, paragraphs) in rows {
        let document = read(body);
        assert_eq!(document.title, title, "{name}");
        assert_eq!(document.published, Some(published), "{name}");
        assert_eq!(
            document.text.split("\n\n").collect::<Vec<_>>(),
            paragraphs,
            "{name}"
        );
        assert_eq!(
            (document.id, document.url),
            (listed().id, listed().url),
            "{name}"
        );
    }
}

#[test]
fn what_the_page_does_not_tell_comes_from_the_list() {
    for body in [
        "",
        "<html><body><p>Ngắn</p></body></html>",
        "<div>".repeat(10_000).as_str(),
    ] {
        assert_eq!(read(body), listed());
    }
}

#[test]
fn a_watched_page_is_one_document() {
    let url = "https://baomau.example/bai-that.html?fbclid=x#a"
        .parse()
        .unwrap();
    let source = Source::ad_hoc(Kind::Article, url);
    let body = include_str!("../../../tests/fixtures/pages/bai-sapo.html");
    let extracted = extract(&source, &fetched(body.as_bytes(), None), &limits()).unwrap();
    assert_eq!(extracted.documents.len(), 1);
    assert_eq!(
        extracted.documents[0].id,
        "https://baomau.example/bai-that.html"
    );
    assert!(extracted.documents[0].text.starts_with("HGO - "));
    let deep = format!("{}Vẫn đọc được chữ", "<div>".repeat(100_000));
    let extracted = extract(&source, &fetched(deep.as_bytes(), None), &limits()).unwrap();
    assert_eq!(extracted.documents[0].text, "Vẫn đọc được chữ");
    assert_eq!(extracted.notes, [Note::Flat]);
    let plain = fetched("Một dòng < hai\n\nba".as_bytes(), Some("text/plain"));
    let extracted = extract(&source, &plain, &limits()).unwrap();
    assert_eq!(extracted.documents[0].text, "Một dòng < hai\n\nba");
}

proptest::proptest! {
    #[test]
    fn no_page_breaks_it(html in "(<(/?)(p|div|h1|a|article|script|br)( class='?(sapo|menu|x)'?)?>|[a-cấ ]{0,30}){0,20}") {
        let _ = read(&html);
        let long = "chữ trong một đoạn văn đủ dài để được coi là nội dung chính của bài viết này ";
        let _ = read(&format!("<body><p>{long}</p>{html}<p>{long}</p>"));
    }
}

#[test]
fn hostile_pages_take_bounded_time() {
    let paragraph = "<p>Một đoạn văn đủ dài để được tính là đoạn của bài viết, có hơn bốn mươi chữ cái và vài từ nữa cho chắc.</p>";
    let deep = |inside: String| format!("{}{inside}", "<div>".repeat(500));
    for (name, page) in [
        ("paragraphs deep down", deep(paragraph.repeat(8_000))),
        (
            "headings in headings",
            "<div><h1>".repeat(250) + &"<h1>x</h1>".repeat(40_000),
        ),
        (
            "dates in dates",
            deep("<i class='date'>".repeat(10) + &"<em></em>".repeat(80_000)),
        ),
        (
            "leads",
            format!(
                "{paragraph}<div>{}</div>",
                "<p class='sapo'>Một đoạn dẫn cũng dài như thế.</p>".repeat(10_000)
            ),
        ),
        (
            "linked data",
            "<script type='application/ld+json'>[[[[[[{\"@type\":\"Article\"}]]]]]]</script>"
                .repeat(10_000),
        ),
    ] {
        let begin = std::time::Instant::now();
        let document = read(&page);
        println!(
            "{name}: {} KB, {:?}, {} bytes of text",
            page.len() / 1024,
            begin.elapsed(),
            document.text.len()
        );
        assert!(begin.elapsed().as_secs() < 12, "{name}");
    }
}
