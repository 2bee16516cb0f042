//! List pages through the door of the room.

use jiff::tz::TimeZone;

use super::*;
use crate::fetch::{Share, Validators};
use crate::problem::toml::read_file;
use crate::problem::{Problems, SourceFile};
use crate::source::{Known, read_sources};

fn limits() -> Limits {
    Limits::new(TimeZone::get("Asia/Ho_Chi_Minh").unwrap())
}

fn fetched(body: &str) -> Fetched {
    Fetched {
        url: "https://cong.example/tin".parse().unwrap(),
        content_type: Some("text/html".to_owned()),
        body: body.as_bytes().to_vec(),
        validators: Validators::default(),
        moved_to: None,
        fresh_for: None,
        share: Share::default(),
    }
}

fn source(recipe: &str) -> Source {
    let text = format!(
        "[[source]]\nid = 'cong'\nkind = 'page'\nurl = 'https://cong.example/tin'\n{recipe}"
    );
    let problems = Problems::default();
    let file = SourceFile::new("sources.toml", text);
    let read = read_file(&file, &problems, |root| {
        read_sources(root, &mut Known::default())
    });
    assert!(problems.is_empty(), "{:?}", problems.into_sorted());
    read.into_iter().next().unwrap()
}

const RECIPE: &str = "item = 'div.news-item'\nlink = 'h3 a@href'\ntitle = 'h3'\ntext = '.tom-tat'\n\
                      time = '.date'\ntime_format = '%d/%m/%Y %H:%M'";

fn document(url: Option<&str>, title: &str, text: &str, published: Option<&str>) -> Document {
    let mut document = Document {
        id: String::new(),
        url: url.map(str::to_owned),
        title: title.to_owned(),
        text: text.to_owned(),
        published: published.map(|time| time.parse().unwrap()),
    };
    document.id = url.map_or_else(|| hex(&document.content_digest()), str::to_owned);
    document
}

#[test]
fn a_list_page_by_its_recipe() {
    let page = include_str!("../../tests/fixtures/pages/danh-sach.html");
    let extracted = extract(&source(RECIPE), &fetched(page), &limits()).unwrap();
    assert_eq!(
        extracted.documents,
        [
            document(
                Some("https://cong.example/web/tin-1"),
                "Khai mạc lớp tập huấn & hội thi",
                "Lớp học kéo dài ba ngày.",
                Some("2021-08-23T14:30:00+07:00")
            ),
            document(
                Some("https://cong.example/web/tin-2"),
                "Tin hai",
                "",
                Some("2021-08-22T08:00:00+07:00")
            ),
            document(None, "Thông báo không có đường dẫn", "", None),
            document(None, "Tin bốn", "", Some("2021-08-20T09:00:00+07:00")),
        ]
    );
    assert!(extracted.notes.is_empty());
}

#[test]
fn selectors_that_fit_no_longer_are_noticed() {
    let page = "<html><body><main><div class='card'>Tin</div></main></body></html>";
    let extracted = extract(&source(RECIPE), &fetched(page), &limits()).unwrap();
    assert_eq!(
        (extracted.documents.len(), extracted.notes),
        (0, vec![Note::Nothing])
    );
}

#[test]
fn items_that_are_links_themselves() {
    let page = "<a class=tin href=/1>Một<br>hai</a><a class=tin title='Ba' href=/2><img></a>";
    let recipe = "item = 'a.tin'\nlink = '@href'";
    let extracted = extract(&source(recipe), &fetched(page), &limits()).unwrap();
    let titles: Vec<&str> = extracted
        .documents
        .iter()
        .map(|d| d.title.as_str())
        .collect();
    assert_eq!(titles, ["Một hai", "Ba"]);
}

#[test]
fn times_that_only_machines_read() {
    let page = "<div class=n><a href=/1>Một</a><time datetime=1629703800>sáng nay</time></div>\
                <div class=n><a href=/2>Hai</a><time data-time=1629703800000></time></div>\
                <div class=n><a href=/3>Ba</a><time data-timestamp='20210823T143000'>x</time></div>\
                <div class=n><a href=/4>Bốn</a><time>23/08/21 14:30</time></div>\
                <div class=n><a href=/5>Năm</a><time datetime=12>1629703800</time></div>";
    let times = |time: &str| -> Vec<bool> {
        let recipe = format!("item = '.n'\nlink = 'a@href'\ntime = '{time}'");
        let source = testing::source(&format!(
            "kind = 'page'\nurl = 'https://cong.example/tin'\n{recipe}"
        ));
        let extracted = extract(&source, &fetched(page), &limits()).unwrap();
        let moment: Timestamp = "2021-08-23T14:30:00+07:00".parse().unwrap();
        let known = extracted.documents.iter().map(|d| d.published);
        known
            .map(|time| time.inspect(|time| assert_eq!(*time, moment)).is_some())
            .collect()
    };
    assert_eq!(times("time"), [true, true, true, true, false]);
    assert_eq!(times("time@data-time"), [false, true, false, false, false]);
}

#[test]
fn a_link_to_the_list_itself_is_none() {
    let page = "<a class=tin href='#'>Một</a><a class=tin href='/tin#x'>Hai</a>";
    let recipe = "item = 'a.tin'\nlink = '@href'";
    let extracted = extract(&source(recipe), &fetched(page), &limits()).unwrap();
    assert_eq!(
        extracted.documents,
        [
            document(None, "Một", "", None),
            document(None, "Hai", "", None)
        ]
    );
}

#[test]
fn a_page_without_a_recipe_yields_its_headlines() {
    let page = include_str!("../../tests/fixtures/pages/danh-sach.html");
    let source = Source::ad_hoc(Kind::Page, "https://cong.example/tin".parse().unwrap());
    let extracted = extract(&source, &fetched(page), &limits()).unwrap();
    let titles: Vec<&str> = extracted
        .documents
        .iter()
        .map(|d| d.title.as_str())
        .collect();
    assert_eq!(
        titles,
        [
            "Giới thiệu chung về huyện nhà",
            "Khai mạc lớp tập huấn & hội thi"
        ]
    );
}

#[test]
fn hostile_lists_stay_within_bounds() {
    let many = "<div class=news-item><h3><a href=/x>Tin</a></h3></div>".repeat(20_000);
    let extracted = extract(&source(RECIPE), &fetched(&many), &limits()).unwrap();
    // All are the same item, and it is taken once.
    assert_eq!(extracted.documents.len(), 1);
    assert_eq!(
        extracted.notes,
        [Note::Surplus {
            taken: 2_000,
            shown: 20_000
        }]
    );

    let text = "chữ ".repeat(100_000);
    let nested = format!(
        "{}<div class=tom-tat>{text}</div>",
        "<div class=news-item><h3>T</h3>".repeat(400)
    );
    let begin = std::time::Instant::now();
    let extracted = extract(&source(RECIPE), &fetched(&nested), &limits()).unwrap();
    let weight: usize = extracted.documents.iter().map(|d| d.text.len()).sum();
    println!(
        "400 items in each other: {:?}, {weight} bytes",
        begin.elapsed()
    );
    assert!(weight < 10 << 20);
    assert!(begin.elapsed().as_secs() < 20);

    // Little text, and a wide tree that every item would walk again.
    let wide = format!(
        "{}<h3>T</h3>{}",
        "<div class=news-item>".repeat(150),
        "<br>".repeat(150_000)
    );
    let extracted = extract(&source(RECIPE), &fetched(&wide), &limits()).unwrap();
    let [Note::Surplus { taken, shown: 150 }] = extracted.notes[..] else {
        panic!("{:?}", extracted.notes);
    };
    assert!((1..10).contains(&taken), "{taken} items were read");

    let deep = "<div class=news-item>".repeat(100_000);
    let failure = extract(&source(RECIPE), &fetched(&deep), &limits()).unwrap_err();
    assert_eq!(failure.class, FailureClass::Unreadable);
}

#[test]
fn a_parser_that_fails_takes_nothing_with_it() {
    let failure = contained::<()>(|| panic!("as a parser might")).unwrap_err();
    assert_eq!(failure.class, FailureClass::Unreadable);
}

#[test]
fn a_door_and_an_empty_shell_are_told_as_such() {
    let door = "<html><body><form><input name=u><input type=password></form></body></html>";
    let failure = extract(&source(RECIPE), &fetched(door), &limits()).unwrap_err();
    assert_eq!(failure.class, FailureClass::Closed);
    let shell = "<html><body><div id=root></div><script src=/app.js></script></body></html>";
    let extracted = extract(&source(RECIPE), &fetched(shell), &limits()).unwrap();
    assert_eq!(extracted.notes, vec![Note::Scripts, Note::Nothing]);
}
