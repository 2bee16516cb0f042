use std::collections::HashMap;

use super::*;

const DAY: i64 = 24 * 3600;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_630_000_000 + seconds).unwrap()
}

fn item(id: &str, url: &str, text: &str) -> Document {
    Document {
        id: id.to_owned(),
        url: (!url.is_empty()).then(|| format!("http://bao.example/{url}")),
        title: format!("Tin {text}"),
        text: text.to_owned(),
        published: None,
    }
}

fn dated(id: &str, published: Timestamp) -> Document {
    Document {
        published: Some(published),
        ..item(id, id, id)
    }
}

/// A source that is read again and again, remembered as the pipeline does.
#[derive(Default)]
struct Watched {
    items: HashMap<String, Mark>,
    before: Listing,
    last_success: Option<Timestamp>,
}

/// What a reading came to: ids of new and of edited items, how many are past, whether a gap.
#[derive(Debug, Default, PartialEq)]
struct Came {
    new: Vec<String>,
    edited: Vec<String>,
    past: usize,
    gap: bool,
}

impl Watched {
    fn read(&mut self, documents: Vec<Document>, now: Timestamp) -> Came {
        let sight = Sight {
            before: self.before.clone(),
            last_success: self.last_success,
            now,
        };
        let sorted = sight.sort(documents, |id| self.items.get(id).copied());
        let mut came = Came {
            past: sorted.past.len(),
            gap: sorted.gap,
            ..Came::default()
        };
        for past in &sorted.past {
            self.items
                .insert(past.id.clone(), Mark::passed_over(past.digest));
        }
        for fresh in &sorted.fresh {
            let listed = &fresh.listed;
            assert_eq!(fresh.digest, listed.content_digest());
            self.items
                .insert(listed.id.clone(), Mark::scanned(fresh.digest));
            let list = match fresh.edited {
                true => &mut came.edited,
                false => &mut came.new,
            };
            list.push(listed.id.clone());
        }
        if !sorted.listing.0.is_empty() {
            self.before = sorted.listing;
        }
        self.last_success = Some(now);
        came
    }
}

fn new(ids: &[&str]) -> Came {
    Came {
        new: ids.iter().map(|id| (*id).to_owned()).collect(),
        ..Came::default()
    }
}

fn edited(ids: &[&str]) -> Came {
    Came {
        edited: new(ids).new,
        ..Came::default()
    }
}

/// The same three items by the given ids and addresses.
fn three(ids: [&str; 3], urls: [&str; 3]) -> Vec<Document> {
    let rows = ids.iter().zip(urls).zip(["một", "hai", "ba"]);
    rows.map(|((id, url), text)| item(id, url, text)).collect()
}

#[test]
fn items_are_known_again_whatever_the_feed_does_to_them() {
    let plain = three(["1", "2", "3"], ["a", "b", "c"]);
    let nowhere = || three(["1", "2", "3"], ["", "", ""]);
    let mut reversed = plain.clone();
    reversed.reverse();
    let mut redated = plain.clone();
    for document in &mut redated {
        document.published = Some(at(50));
    }
    let mut changed = three(["7", "8", "9"], ["a", "b", "c"]);
    changed[1].text.push_str(" (đã sửa)");
    let rows: Vec<(&str, Vec<Document>, Vec<Document>, Came)> = vec![
        ("the same", plain.clone(), plain.clone(), new(&[])),
        ("another order", plain.clone(), reversed, new(&[])),
        ("other dates", plain.clone(), redated, new(&[])),
        (
            "other guids",
            plain.clone(),
            three(["7", "8", "9"], ["a", "b", "c"]),
            new(&[]),
        ),
        (
            "other guids and addresses",
            plain.clone(),
            three(["7", "8", "9"], ["x", "y", "z"]),
            new(&[]),
        ),
        (
            "other guids, no addresses",
            nowhere(),
            three(["7", "8", "9"], ["", "", ""]),
            new(&[]),
        ),
        (
            "other guids, one address for all",
            three(["1", "2", "3"], ["", "", ""]),
            three(["7", "8", "9"], ["", "", ""]),
            new(&[]),
        ),
        (
            "one item, another guid",
            vec![plain[0].clone()],
            vec![item("7", "a", "một")],
            new(&[]),
        ),
        (
            "other guids and one edited",
            plain.clone(),
            changed,
            edited(&["http://bao.example/b"]),
        ),
        (
            "one edited",
            plain.clone(),
            vec![plain[0].clone(), item("2", "b", "hai, sửa")],
            edited(&["2"]),
        ),
        (
            "a copy under an address of its own counts",
            plain.clone(),
            vec![plain[0].clone(), item("7", "x", "hai")],
            new(&["7"]),
        ),
        (
            "one address for every post says nothing",
            vec![item("1", "", "một")],
            vec![item("2", "", "hai")],
            new(&["2"]),
        ),
    ];
    for (what, first, second, wanted) in rows {
        let mut watched = Watched::default();
        watched.read(first, at(0));
        assert_eq!(watched.read(second, at(60)), wanted, "{what}");
    }
}

#[test]
fn an_emptied_feed_that_comes_back_brings_nothing_new() {
    for second in [["1", "2", "3"], ["7", "8", "9"]] {
        let mut watched = Watched::default();
        watched.read(three(["1", "2", "3"], ["a", "b", "c"]), at(0));
        assert_eq!(watched.read(Vec::new(), at(60)), new(&[]));
        let back = watched.read(three(second, ["a", "b", "c"]), at(120));
        assert_eq!(back, new(&[]));
    }
}

#[test]
fn guids_that_change_for_ever_are_not_remembered_for_ever() {
    let mut watched = Watched::default();
    for round in 0..50 {
        let ids = [0, 1, 2].map(|n| format!("{round}-{n}"));
        let ids = [ids[0].as_str(), &ids[1], &ids[2]];
        let came = watched.read(three(ids, ["a", "b", "c"]), at(60 * round));
        assert_eq!(
            came.new.len(),
            if round == 0 { 3 } else { 0 },
            "round {round}"
        );
    }
    assert_eq!(watched.items.len(), 3);
}

#[test]
fn the_past_of_a_source_is_remembered_and_not_told() {
    let mut watched = Watched::default();
    let now = at(10 * DAY);
    let documents = vec![
        dated("new", at(10 * DAY - 60)),
        dated("recent", at(7 * DAY + 1)),
        dated("old", at(7 * DAY - 1)),
        dated("future", at(99 * DAY)),
    ];
    let came = watched.read(documents.clone(), now);
    assert_eq!(
        (came.new, came.past),
        (new(&["new", "recent", "future"]).new, 1)
    );
    assert_eq!(watched.read(documents, at(10 * DAY + 60)), new(&[]));
    // Later a late entry is told all the same.
    let late = vec![dated("late", at(0))];
    assert_eq!(watched.read(late, at(11 * DAY)), new(&["late"]));
}

#[test]
fn of_a_list_without_dates_a_screenful_is_told_at_first_sight() {
    let list = |n: usize| (0..n).map(|n| item(&n.to_string(), &n.to_string(), &n.to_string()));
    let mut watched = Watched::default();
    let came = watched.read(list(200).collect(), at(0));
    assert_eq!((came.new.len(), came.past), (20, 180));
    assert_eq!(came.new[0], "0");
    // What comes later is told, however much it is.
    let came = watched.read(list(300).collect(), at(60));
    assert_eq!((came.new.len(), came.past), (100, 0));
}

#[test]
fn an_archive_that_turns_up_later_floods_nobody() {
    let archive = |n: i64| {
        (0..n)
            .map(|n| dated(&format!("cu-{n}"), at(n)))
            .collect::<Vec<_>>()
    };
    let mut watched = Watched::default();
    watched.read(vec![dated("a", at(20 * DAY))], at(20 * DAY));
    let mut documents = archive(500);
    documents.push(dated("b", at(20 * DAY + 30)));
    let came = watched.read(documents, at(20 * DAY + 60));
    assert_eq!((came.new, came.past), (new(&["b"]).new, 500));
    // After an outage of weeks nothing is too old that came in it.
    let came = watched.read(
        (0..100)
            .map(|n| dated(&format!("n-{n}"), at(21 * DAY + n)))
            .collect(),
        at(60 * DAY),
    );
    assert_eq!((came.new.len(), came.past), (100, 0));
}

#[test]
fn an_edit_makes_no_news_of_an_archive() {
    let archive = |comments: &str, now: i64| -> Vec<Document> {
        let old = (0..30).map(|n| dated(&format!("cu-{n}"), at(n)));
        let young = std::iter::once(dated("moi", at(now - 60)));
        let mut all: Vec<Document> = old.chain(young).collect();
        for document in &mut all {
            document.text.push_str(comments);
        }
        all
    };
    let mut watched = Watched::default();
    let came = watched.read(archive("1 bình luận", 20 * DAY), at(20 * DAY));
    assert_eq!((came.new, came.past), (new(&["moi"]).new, 30));
    let came = watched.read(archive("2 bình luận", 20 * DAY), at(20 * DAY + 60));
    assert_eq!(
        (came.new, came.edited.clone()),
        (vec![], vec!["moi".into()])
    );
    assert_eq!(came.past, 30);
    // A single one that stays as old as it was is no news either; one that is dated anew is.
    let mut again = archive("2 bình luận", 20 * DAY);
    again[3].text.push_str(", 3 bình luận");
    assert_eq!(watched.read(again.clone(), at(20 * DAY + 120)).past, 1);
    again[3].text.push_str(" (cập nhật)");
    again[3].published = Some(at(20 * DAY + 150));
    let came = watched.read(again, at(20 * DAY + 180));
    assert_eq!(came, edited(&["cu-3"]));
}

#[test]
fn addresses_alone_tell_items_apart() {
    let list = |title: &str, ids: &[&str]| -> Vec<Document> {
        let item = |id: &&str| Document {
            title: title.to_owned(),
            text: String::new(),
            ..item(&format!("http://bao.example/{id}"), id, "")
        };
        ids.iter().map(item).collect()
    };
    for title in ["", "Thông báo"] {
        let mut watched = Watched::default();
        watched.read(list(title, &["1", "2", "3"]), at(0));
        let came = watched.read(list(title, &["11", "12", "13"]), at(60));
        assert_eq!(came.new.len(), 3, "{title:?}");
        let came = watched.read(list(title, &["11", "12", "13", "14"]), at(120));
        assert_eq!(came, new(&["http://bao.example/14"]), "{title:?}");
    }
}

#[test]
fn a_clock_that_was_wrong_for_a_while_hides_nothing() {
    let mut watched = Watched::default();
    watched.read(
        vec![dated("a", at(0))],
        Timestamp::from_second(2_145_916_800).unwrap(),
    );
    let many = (0..100)
        .map(|n| dated(&n.to_string(), at(DAY + n)))
        .collect();
    assert_eq!(watched.read(many, at(DAY + 200)).new.len(), 100);
}

#[test]
fn a_reading_that_has_nothing_in_common_with_the_one_before_is_a_gap() {
    let batch = |from: i64, n: i64| -> Vec<Document> {
        let ids = from..from + n;
        ids.map(|n| dated(&n.to_string(), at(n))).collect()
    };
    // First reading, its time, second reading, whether it has a gap.
    let rows = [
        ("a gap", batch(0, 10), 20, batch(100, 10), true),
        ("one in common", batch(0, 10), 20, batch(9, 10), false),
        ("too few to tell", batch(0, 3), 20, batch(100, 10), false),
        ("a redesign", batch(0, 10), 150, batch(100, 10), false),
        ("nothing left", batch(0, 10), 20, Vec::new(), false),
    ];
    for (what, first, time, second, wanted) in rows {
        let mut watched = Watched::default();
        assert!(!watched.read(first, at(time)).gap, "{what}: first sight");
        assert_eq!(watched.read(second, at(900)).gap, wanted, "{what}");
    }
}
