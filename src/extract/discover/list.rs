//! How a list page is built, guessed from what repeats: links that read like headlines, each in a
//! block of its own with the same tag and class.

use std::collections::{BTreeMap, HashSet};

use scraper::{ElementRef, Html};
use url::Url;

use super::super::page::selector;
use super::super::{Limits, address, clean, date, html, is_same_site};

/// A headline has at least so many words; shorter links are menus.
const HEADLINE_WORDS: usize = 4;
/// A list has at least so many items.
const FEWEST: usize = 3;
/// Blocks are looked for so many levels above a headline.
const LEVELS: usize = 6;
/// Links looked at.
const MOST_LINKS: usize = 2_000;

/// Beginnings of classes that place a block and do not name it.
const LAYOUT: [&str; 8] = [
    "clearfix",
    "row",
    "col-",
    "d-",
    "flex",
    "grid",
    "container",
    "wow",
];

/// The blocks of one selector.
#[derive(Default)]
struct Blocks<'t> {
    items: Vec<ElementRef<'t>>,
    targets: HashSet<String>,
    /// The same block was met by headlines with different targets: it holds several items.
    mixed: usize,
    level: usize,
}

/// The recipe of the list that has most items, as keys of a page source.
pub(super) fn recipe(tree: &Html, base: &Url, limits: &Limits) -> Option<Vec<(String, String)>> {
    let links = selector("a[href]").ok()?;
    let mut found: BTreeMap<String, Blocks<'_>> = BTreeMap::new();
    for link in tree.select(&links).take(MOST_LINKS) {
        let Some(target) = headline(link, base) else {
            continue;
        };
        let above = link.ancestors().filter_map(ElementRef::wrap).take(LEVELS);
        for (level, block) in above.enumerate() {
            let Some(css) = css(block) else { continue };
            let blocks = found.entry(css).or_default();
            blocks.level = blocks.level.max(level);
            let known = blocks.items.contains(&block);
            if blocks.targets.insert(target.clone()) && known {
                blocks.mixed += 1;
            }
            if !known {
                blocks.items.push(block);
            }
        }
    }
    let (css, blocks) = found
        .into_iter()
        .filter(|(_, blocks)| {
            blocks.items.len() >= FEWEST && blocks.mixed * 4 <= blocks.items.len()
        })
        // The most items; of those the widest block, which holds time and summary too.
        .max_by_key(|(_, blocks)| (blocks.targets.len().min(blocks.items.len()), blocks.level))?;
    Some(parts(css, &blocks.items, base, limits))
}

/// Where a link leads that reads like a headline of this site.
fn headline(link: ElementRef<'_>, base: &Url) -> Option<String> {
    let title = html::line(&link.inner_html());
    let url = address::normalised(link.attr("href")?, Some(base))?;
    let own = Url::parse(&url).is_ok_and(|url| is_same_site(&url, base));
    (own && title.split(' ').count() >= HEADLINE_WORDS).then_some(url)
}

/// `li`, `article`, `tr`, or a tag with its first class.
fn css(element: ElementRef<'_>) -> Option<String> {
    let name = element.value().name();
    if matches!(name, "html" | "body" | "main") {
        return None;
    }
    let plain = |class: &&str| {
        class.starts_with(|c: char| c.is_ascii_alphabetic())
            && class
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
            && !LAYOUT.iter().any(|layout| class.starts_with(layout))
    };
    let classes = element.attr("class").unwrap_or_default();
    match classes.split_whitespace().find(plain) {
        Some(class) => Some(format!("{name}.{class}")),
        None => matches!(name, "li" | "article" | "tr").then(|| name.to_owned()),
    }
}

/// The parts inside the blocks that most of them have.
fn parts(
    css: String,
    items: &[ElementRef<'_>],
    base: &Url,
    limits: &Limits,
) -> Vec<(String, String)> {
    let mut keys = vec![("item".to_owned(), css)];
    let mut key = |name: &str, value: &str| keys.push((name.to_owned(), value.to_owned()));
    let most = |css: &str, fits: &dyn Fn(ElementRef<'_>) -> bool| {
        let Ok(selector) = selector(css) else {
            return false;
        };
        let having = items
            .iter()
            .filter(|item| item.select(&selector).next().is_some_and(fits));
        having.count() * 3 >= items.len() * 2
    };
    let headings = ["h1", "h2", "h3", "h4", "h5"];
    let leads = |link: ElementRef<'_>| headline(link, base).is_some();
    let heading = headings
        .into_iter()
        .find(|heading| most(&format!("{heading} a[href]"), &leads));
    match heading {
        Some(heading) => key("link", &format!("{heading} a@href")),
        None if most("a[href]", &leads) => key("link", "a@href"),
        // A picture often stands before the headline, with the same target.
        None => key("link", "a[href]@href"),
    }
    if let Some(heading) = headings
        .into_iter()
        .find(|heading| most(heading, &|heading| !html::line(&heading.html()).is_empty()))
    {
        key("title", heading);
    }
    if most("p", &|p| {
        html::line(&p.html()).split(' ').count() > HEADLINE_WORDS
    }) {
        key("text", "p");
    }
    if most("time[datetime]", &|_| true) {
        key("time", "time@datetime");
    } else if let Some(css) = dated(items, limits) {
        key("time", &css);
    }
    keys
}

/// The first classed element whose text is a date, in most blocks.
fn dated(items: &[ElementRef<'_>], limits: &Limits) -> Option<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for item in items {
        let mut own: HashSet<String> = HashSet::new();
        for element in item.descendants().filter_map(ElementRef::wrap).take(60) {
            let is_date = || {
                let text = clean::line(&html::line(&element.html()));
                text.len() <= 60 && date::parse(&text, &limits.tz).is_some()
            };
            if element.value().classes().next().is_some() && is_date() {
                own.extend(css(element));
            }
        }
        for css in own {
            *counts.entry(css).or_default() += 1;
        }
    }
    let (css, count) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    (count * 3 >= items.len() * 2).then_some(css)
}

#[cfg(test)]
mod tests {
    use super::super::super::extract;
    use super::super::super::testing::{fetched, limits};
    use super::super::discover;
    use crate::source::{Draft, Kind};

    fn item(n: usize) -> String {
        format!(
            "<div class='tin-item clearfix'><a href='/tin/{n}.html'><img src=x></a>\
             <h3 class=tieu-de><a href='/tin/{n}.html'>Tin thứ {n} của huyện nhà</a></h3>\
             <span class=ngay>{n}/08/2021</span><p>Đoạn tóm tắt của tin này.</p></div>"
        )
    }

    #[test]
    fn a_list_is_guessed_and_reads_as_it_should() {
        let items: String = (1..8).map(item).collect();
        let page = format!(
            "<html><head><title>Cổng huyện</title><meta name=generator content='Liferay'></head><body>\
             <ul class=menu><li><a href=/a>Giới thiệu</a><li><a href=/b>Liên hệ</a></ul>\
             <main><div class=list>{items}</div></main></body></html>"
        );
        let fetched = fetched("https://cong.example/tin-tuc", &page);
        let found = discover(&fetched, &limits()).unwrap();
        assert_eq!(
            (found.title.as_str(), found.generator.as_str()),
            ("Cổng huyện", "liferay")
        );
        let mut draft = Draft::new("cong", Kind::Page, "https://cong.example/tin-tuc");
        draft.recipe = found.recipe.unwrap();
        let wanted = [
            ("item", "div.tin-item"),
            ("link", "h3 a@href"),
            ("title", "h3"),
            ("text", "p"),
            ("time", "span.ngay"),
        ];
        let wanted = wanted.map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(draft.recipe, wanted);
        let source = draft.settle().unwrap();
        let extracted = extract(&source, &fetched, &limits()).unwrap();
        assert_eq!(extracted.documents.len(), 7);
        assert_eq!(extracted.documents[0].title, "Tin thứ 1 của huyện nhà");
        assert!(extracted.documents.iter().all(|d| d.published.is_some()));
    }

    #[test]
    fn a_page_without_a_list_has_no_recipe() {
        for page in [
            "<p>Chào</p>",
            "<ul><li><a href=/1>Một</a><li><a href=/2>Hai</a><li><a href=/3>Ba</a></ul>",
            "<a href='https://la.example/1'>Một tin của trang khác hẳn</a>",
        ] {
            let found = discover(&fetched("https://cong.example/", page), &limits()).unwrap();
            assert_eq!(found.recipe, None, "{page}");
        }
    }
}
