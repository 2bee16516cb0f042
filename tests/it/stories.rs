//! One text on several pages, each in another dress, is one story; also when the seen memory is
//! lost in between.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use axum::Router;
use axum::routing::get;
use canhtin::ledger::Ledger;
use jiff::Timestamp;
use tokio::runtime::Runtime;

use crate::helpers::{Bench, LOOPBACK, stderr, stdout};

const POST: &str = "Bà con xã mình chú ý giúp tôi. Chị hàng xóm làm ở trạm y tế vừa kể rằng đợt này \
    tiêm vắc xin gây vô sinh, nước ngoài họ bỏ đi nên mới chuyển về vùng cao. Ai tiêm rồi thì hai \
    năm sau đàn ông đàn bà đều bị như nhau. Mọi người đừng đưa trẻ con ra tiêm, cứ khai là cháu \
    đang ốm. Chia sẻ cho cả nhà cùng biết trước khi bị xóa bài.";

const REWORDED: &str = "Nghe đâu vắc xin gây vô sinh thật các bác ạ. Cô bạn em ở dưới xuôi bảo cả \
    xóm cô ấy tiêm xong đều không thấy tin vui. Nhà nào có cháu gái nên hoãn lại, đợi vài năm nữa \
    xem thế nào rồi hãy tính. Em nói thế thôi, tin hay không tùy mọi người.";

/// A feed of one item, at an address of its own.
fn feed(name: &str, text: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\"><channel>\
         <title>{name}</title><link>https://{name}.example.vn/</link><description/>\
         <item><title>Tin trên {name}</title><link>https://{name}.example.vn/1</link>\
         <guid>{name}-1</guid><description>{text}</description></item></channel></rss>"
    )
}

/// The pages that tell it, each with its text.
fn pages() -> [(&'static str, String); 5] {
    let half = &POST[..POST.find("Mọi người đừng").unwrap()];
    [
        ("goc", POST.to_owned()),
        ("cat", format!("Theo bạn đọc: {half}")),
        (
            "doi",
            POST.replace("hàng xóm", "bên cạnh")
                .replace("đang ốm", "bị sốt"),
        ),
        ("khac", REWORDED.to_owned()),
        (
            "khung",
            format!("Trang chủ. Thời sự. Đời sống.\n{POST}\nXem thêm: giá lợn hơi hôm nay."),
        ),
    ]
}

async fn serve() -> SocketAddr {
    let mut router = Router::new();
    for (name, text) in pages() {
        let body = feed(name, &text);
        router = router.route(&format!("/{name}"), get(move || async move { body }));
    }
    let listener = tokio::net::TcpListener::bind(LOOPBACK).await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    addr
}

/// Watches the first so many of the pages, and makes a pass.
fn watch(bench: &Bench, addr: SocketAddr, count: usize) {
    let sources: Vec<String> = pages()[..count]
        .iter()
        .map(|(name, _)| {
            format!(
                "[[source]]\nid = \"{name}\"\nkind = \"feed\"\nurl = \"http://{addr}/{name}\"\n\
                 trust = \"social\"\n"
            )
        })
        .collect();
    bench.write("config/sources.toml", &sources.join("\n"));
    let once = bench.run(&["once"]);
    let said = format!("{}{}", stdout(&once), stderr(&once));
    assert_eq!(once.status.code(), Some(0), "{said}");
}

/// The pages of each story of the rule, as the ledger has them.
fn stories(bench: &Bench, runtime: &Runtime) -> BTreeSet<BTreeSet<String>> {
    let alerts = runtime.block_on(async {
        let path = bench.path("var/ledger.sqlite");
        let ledger = Ledger::open(&path, Timestamp::now()).await.unwrap();
        let alerts = ledger.recent(100).await.unwrap();
        ledger.close().await;
        alerts
    });
    let mut stories: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for alert in alerts {
        if alert.rule == "vac-xin-vo-sinh" {
            stories
                .entry(alert.story.0)
                .or_default()
                .insert(alert.source);
        }
    }
    stories.into_values().collect()
}

fn sets(stories: &[&[&str]]) -> BTreeSet<BTreeSet<String>> {
    stories
        .iter()
        .map(|story| story.iter().map(|page| (*page).to_owned()).collect())
        .collect()
}

#[test]
fn copies_are_one_story_and_stay_it_without_the_seen_memory() {
    let runtime = Runtime::new().unwrap();
    let addr = runtime.block_on(serve());
    let bench = Bench::new();
    watch(&bench, addr, 4);
    assert_eq!(
        stories(&bench, &runtime),
        sets(&[&["goc", "cat", "doi"], &["khac"]])
    );
    let mailed = bench.alerts();
    assert!(!mailed.is_empty());

    std::fs::remove_dir_all(bench.path("var/seen")).unwrap();
    watch(&bench, addr, 5);
    assert_eq!(
        stories(&bench, &runtime),
        sets(&[&["goc", "cat", "doi", "khung"], &["khac"]])
    );
    for (alert, mails) in bench.alerts() {
        assert_eq!(mails.len(), 1, "alert {alert} came in {mails:?}");
    }
}
