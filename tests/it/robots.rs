//! `robots.txt` through the whole program.

use std::collections::BTreeSet;

use canhtin::sample::Site;
use canhtin::sample::site::Page;
use jiff::Timestamp;
use tokio::runtime::Runtime;

use crate::helpers::{Bench, LOOPBACK, stdout};

#[test]
fn each_host_is_asked_once_a_day_also_by_the_next_run() {
    let bench = Bench::new();
    bench.run(&["once"]);
    let asked = bench.site.requests();
    let hosts: BTreeSet<&String> = asked.pages.keys().map(|(host, _)| host).collect();
    assert!(hosts.len() >= 10, "only {hosts:?}");
    assert_eq!(asked.robots, hosts.len() as u64);
    bench.run(&["once"]);
    let again = bench.site.requests();
    assert!(
        again
            .pages
            .values()
            .map(|count| count.requests)
            .sum::<u64>()
            > hosts.len() as u64
    );
    assert_eq!(again.robots, asked.robots, "asked again within the day");
}

#[test]
fn a_site_that_says_no_is_not_read_unless_it_is_the_offices_own() {
    let runtime = Runtime::new().unwrap();
    let closed = Page::new("text/plain", "User-agent: canhtin\nDisallow: /rss/\n");
    let site = Site::builder().sample(Timestamp::now()).page(
        "baothuongson.example",
        "/robots.txt",
        closed,
    );
    let site = runtime.block_on(site.start(LOOPBACK)).unwrap();
    let sources = site.sources_toml();
    let bench = Bench::with_site(runtime, site, sources);
    let said = stdout(&bench.run(&["once"]));
    assert!(said.contains("robots.txt"), "{said}");
    let feed = (
        "baothuongson.example".to_owned(),
        "/rss/suc-khoe.rss".to_owned(),
    );
    assert!(!bench.site.requests().pages.contains_key(&feed));

    let file = bench.path("config/canhtin.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let exempt = "[fetch]\nignore_robots = [\"baothuongson.example\"]\n";
    std::fs::write(&file, text.replacen("[fetch]\n", exempt, 1)).unwrap();
    bench.run(&["once"]);
    assert!(bench.site.requests().pages.contains_key(&feed));
}
