//! Articles in the shapes of Vietnamese news sites, and what is no article.

use jiff::tz::TimeZone;

use super::super::html::processor_time;
use super::super::{Limits, Note, article, extract};
use crate::document::Document;
use crate::fetch::{Fetched, Share, Validators};
use crate::source::{Kind, Source};

pub(super) fn limits() -> Limits {
    Limits::new(TimeZone::get("Asia/Ho_Chi_Minh").unwrap())
}

pub(super) fn fetched(body: &[u8], content_type: Option<&str>) -> Fetched {
    Fetched {
        url: "https://baomau.example/bai-that.html?utm_source=rss"
            .parse()
            .unwrap(),
        content_type: content_type.map(str::to_owned),
        body: body.to_vec(),
        validators: Validators::default(),
        moved_to: None,
        fresh_for: None,
        share: Share::default(),
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

/// The page of an item whose list tells no title.
fn read(body: &str) -> Document {
    let untitled = Document {
        title: String::new(),
        ..listed()
    };
    follow(body, &untitled)
}

fn follow(body: &str, listed: &Document) -> Document {
    let source = Source::ad_hoc(Kind::Page, "https://baomau.example/".parse().unwrap());
    let fetched = fetched(body.as_bytes(), None);
    article(&source, &fetched, listed, &limits()).unwrap()
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
        // One of them names its own address.
        let own = body.contains("rel=\"canonical\"");
        let own = own.then(|| "https://baomau.example/cho-phien-4201.html".to_owned());
        assert_eq!(
            (document.id, document.url),
            (listed().id, own.or(listed().url)),
            "{name}"
        );
    }
}

/// The main text of sites by the names that their makers give to its parts.
#[test]
fn the_same_article_in_many_layouts() {
    let paragraphs = [
        "Trạm y tế xã tổ chức tiêm vào sáng thứ Bảy và sáng Chủ nhật tuần này tại nhà văn hóa.",
        "Người dân mang theo giấy tờ tùy thân, đến đúng khung giờ đã được tổ trưởng thông báo trước.",
        "Ai đang sốt hoặc mới ốm dậy thì hoãn lại, báo cho trạm để được xếp vào đợt sau.",
    ];
    let lead = "Lịch tiêm mới được chia theo thôn để tránh tập trung đông người cùng một lúc.";
    let body = paragraphs.map(|p| format!("<p>{p}</p>")).concat();
    let title = "Lịch tiêm mới của xã";
    let links = "<ul><li><a href=/1>Một tin khác nói về chuyện hoàn toàn khác ở nơi khác</a></li><li><a href=/2>Thêm một tin nữa cũng chẳng liên quan gì tới bài này</a></li></ul>";
    let comments = "<div class=user>Bạn đọc A</div><p>Bình luận này dài hơn bốn mươi chữ cái và không được lẫn vào bài viết ở trên.</p>".repeat(8);
    let pages = [
        (
            "singular",
            format!(
                "<main><article class='singular-container'><h1 class='title-page detail'>{title}</h1><div class=author-wrap><time class=author-time datetime='2021-08-23 14:30'>Thứ hai, 23/08/2021 - 14:30</time></div><h2 class=singular-sapo>{lead}</h2><div class=singular-content>{body}<figure><figcaption><p>Một chú thích ảnh dài hơn bốn mươi chữ cái nằm dưới tấm ảnh.</p></figcaption></figure></div><div class=tags-wrap>{links}</div></article></main>"
            ),
        ),
        (
            "cms",
            format!(
                "<div class='l-content content-col'><div class='article'><h1 class='article__title cms-title'>{title}</h1><div class='article__meta'><time class='time' datetime='2021-08-23T14:30:00+0700'>23/08/2021 14:30</time></div><div class='article__sapo cms-desc'>{lead}</div><div class='article__body zce-content-body cms-body'>{body}<div class='article__story'>{links}</div></div><div class='article__tag'>{links}</div></div></div>"
            ),
        ),
        (
            "chappeau",
            format!(
                "<section><div class=art-body><h1 class=title>{title}</h1><span class=time>Thứ hai, 23/08/2021 14:30 (GMT+7)</span><h2 class=chappeau>{lead}</h2>{body}</div></section>"
            ),
        ),
        (
            "with a sidebar",
            format!(
                "<div class=hero><h1>{title}</h1></div><div class='content-with-sidebar'><div class=post-date>23/08/2021 14:30</div><div class=entry><p>{lead}</p>{body}</div></div><div class=sidebar>{links}</div>"
            ),
        ),
        (
            "builder",
            format!(
                "<div class='elementor-widget elementor-widget-theme-post-title'><h1>{title}</h1></div><div class='elementor-widget elementor-widget-theme-post-content'><div class=elementor-widget-container><p>{lead}</p>{body}</div></div><div class=meta-time>14:30 23/08/2021</div>"
            ),
        ),
        (
            "word processor",
            format!(
                "<div id=content><div class=title>{title}</div><div class=ngay-dang>(23/08/2021 14:30)</div><div><p class=MsoNormal><span style='x'>{lead}</span></p>{}</div>{links}</div>",
                body.replace("<p>", "<p class=MsoNormal align=justify><span><font>")
            ),
        ),
        (
            "lines",
            format!(
                "<h1>{title}</h1><p class=date>14h30 ngày 23/8/2021</p><div class=detail><strong>{lead}</strong><br/><br/>{}</div>",
                paragraphs.join("<br><br>")
            ),
        ),
    ];
    let published = "2021-08-23T14:30:00+07:00".parse().unwrap();
    for (name, page) in pages {
        let head = format!(
            "<html><head><title>{title} - Trang mẫu</title><meta property=og:title content='{title}'></head>"
        );
        for (with, page) in [
            ("", page.clone()),
            (
                " and comments",
                format!("{page}<div id=comments class=comment-list>{comments}</div>"),
            ),
        ] {
            let document = read(&format!(
                "{head}<body><header><nav>{links}</nav></header>{page}<footer><p>Giấy phép số 1 do một nơi cấp, ghi rõ nguồn khi phát hành lại thông tin.</p></footer></body></html>"
            ));
            let wanted: Vec<&str> = std::iter::once(lead).chain(paragraphs).collect();
            assert_eq!(
                document.text.split("\n\n").collect::<Vec<_>>(),
                wanted,
                "{name}{with}"
            );
            assert_eq!(document.title, title, "{name}{with}");
            assert_eq!(document.published, Some(published), "{name}{with}");
        }
    }
}

#[test]
fn what_the_page_does_not_tell_comes_from_the_list() {
    for body in [
        "",
        "<html><body><p>Ngắn</p></body></html>",
        "<div>".repeat(10_000).as_str(),
    ] {
        assert_eq!(follow(body, &listed()), listed());
    }
}

/// A challenge, a wall and a missing page answer 200 too, with a title and words of their own.
#[test]
fn what_the_list_says_is_not_lost_behind_a_page_of_another_matter() {
    let headline = "Vắc xin mới gây vô sinh, nhiều người bỏ tiêm";
    let teaser = "Tin đồn lan khắp chợ phiên.";
    let words = "Trang này cần kiểm tra trình duyệt của bạn trước khi cho xem tiếp nội dung.";
    let whole = |title: &str, more: &str| {
        format!("<title>{title}</title><body><h1>{title}</h1><p>{words}</p>{more}</body>")
    };
    let more = "Tin ấy đã được đăng lại trên nhiều trang mạng của huyện từ hôm qua.";
    let more = format!("<p>{headline}. {more}</p>");
    let (challenge, both) = (
        "Just a moment...",
        format!("{headline}\n\n{teaser}\n\n{words}"),
    );
    let rows = [
        // The page, the list's title and teaser; the title and text that are read.
        (
            whole(challenge, ""),
            headline,
            teaser,
            challenge,
            both.clone(),
        ),
        (
            whole(challenge, ""),
            headline,
            "",
            challenge,
            format!("{headline}\n\n{words}"),
        ),
        (
            format!("<title>{challenge}</title><body><p>Chờ</p></body>"),
            headline,
            teaser,
            headline,
            teaser.to_owned(),
        ),
        (
            format!("<title>{challenge}</title>"),
            headline,
            "",
            challenge,
            headline.to_owned(),
        ),
        // One headline, cut off in the list; a second one says nothing new.
        (
            whole(headline, ""),
            "Vắc xin mới gây vô sinh…",
            teaser,
            headline,
            words.to_owned(),
        ),
        (
            whole("Sự thật về vắc xin mới", &more),
            headline,
            teaser,
            "Sự thật về vắc xin mới",
            format!("{words}\n\n{}", &more[3..more.len() - 4]),
        ),
        // Half of the words are not the news.
        (
            whole("Vắc xin mới đã được kiểm định", ""),
            headline,
            teaser,
            "Vắc xin mới đã được kiểm định",
            both,
        ),
    ];
    for (page, title, text, wanted_title, wanted_text) in rows {
        let entry = Document {
            title: title.to_owned(),
            text: text.to_owned(),
            ..listed()
        };
        let read = follow(&page, &entry);
        assert_eq!(
            (read.title.as_str(), read.text),
            (wanted_title, wanted_text),
            "{page}"
        );
    }
}

/// Old portals write Vietnamese for a font, as bytes or as entities.
#[test]
fn a_page_for_a_font_of_its_own() {
    let body = "<h1>Céng hßa x· héi</h1><p>Tr¹m y tÕ x· tæ chøc tiªm chñng t¹i nhµ v¨n hãa vµo s¸ng thø b¶y, mêi bµ con ®Õn ®«ng ®ñ.</p>";
    let entities: String = body
        .chars()
        .map(|c| {
            if c.is_ascii() {
                c.to_string()
            } else {
                format!("&#{};", u32::from(c))
            }
        })
        .collect();
    let bytes: Vec<u8> = body
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    for page in [body.as_bytes(), entities.as_bytes(), &bytes] {
        let source = Source::ad_hoc(Kind::Article, "https://baomau.example/".parse().unwrap());
        let extracted = extract(&source, &fetched(page, None), &limits()).unwrap();
        assert_eq!(extracted.documents[0].title, "Cộng hòa xã hội");
        assert_eq!(
            extracted.documents[0].text,
            "Trạm y tế xã tổ chức tiêm chủng tại nhà văn hóa vào sáng thứ bảy, mời bà con đến đông đủ."
        );
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
        let begin = processor_time();
        let document = read(&page);
        let took = processor_time() - begin;
        println!(
            "{name}: {} KB, {took:?}, {} bytes of text",
            page.len() / 1024,
            document.text.len()
        );
        assert!(took.as_secs() < 12, "{name} took {took:?}");
    }
}

#[test]
fn a_page_names_its_own_address_and_no_other() {
    let own = |page: &str, canonical: &str| {
        super::own_address(Some(canonical), &page.parse().unwrap()).unwrap_or_default()
    };
    let here = "https://m.bao.example/tin/1.html?utm_source=x";
    // The page, what it names, what is taken.
    let rows = [
        (
            here,
            "https://bao.example/tin/1.html#a",
            "https://bao.example/tin/1.html",
        ),
        (here, "/tin/1.html", "https://m.bao.example/tin/1.html"),
        (here, "https://khac.example/tin/1.html", ""),
        (here, "https://bao.example/", ""),
        (
            "https://bao.example/",
            "https://www.bao.example/",
            "https://www.bao.example/",
        ),
        (here, "javascript:alert(1)", ""),
        (here, "", ""),
        (
            "file:///tin.html",
            "https://bao.example/tin/1.html",
            "https://bao.example/tin/1.html",
        ),
    ];
    for (page, canonical, wanted) in rows {
        assert_eq!(own(page, canonical), wanted, "{page} {canonical}");
    }
    let named = "<html><head><title>Tin</title><link rel=canonical href=\"/tin/goc.html\"></head>\
                 <body><article><h1>Tin</h1><p>Một câu chuyện ở chợ phiên.</p></article></body></html>";
    let url = read(named).url.unwrap();
    assert!(url.ends_with("/tin/goc.html"), "{url}");
}
