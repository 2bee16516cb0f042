//! List pages: items found by the source's selectors, or, for an address given by hand, the
//! links that look like headlines.

use std::cell::Cell;
use std::collections::HashSet;

use scraper::{ElementRef, Html, Selector};
use url::Url;

use super::feed::garbled;
use super::{
    Extracted, Limits, Note, address, clean, closed, date, discover, hex, html, is_same_site,
    unreadable,
};
use crate::document::Document;
use crate::fetch::{Failure, Fetched};
use crate::source::{CssPath, PageRecipe, Source};
use crate::text::charset::{self, Markup};

/// A headline has at least so many words; shorter links are menus.
const HEADLINE_WORDS: usize = 5;
/// Markup read from the items of one list page, in bytes: twice what a body may hold. Items
/// nested in items would let a page be read many times over.
const MOST_MARKUP: usize = 16 << 20;
/// Nodes of the items of one list page, each counted in every item that it stands in: twice what
/// a tree may hold. Each selector walks them.
const MOST_NODES: usize = 2 * html::MOST_NODES;

pub(super) fn read(
    source: &Source,
    fetched: &Fetched,
    limits: &Limits,
) -> Result<Extracted, Failure> {
    let decoded = charset::decode(&fetched.body, fetched.content_type.as_deref(), Markup::Html);
    let tree = html::parse(&decoded.text)
        .ok_or_else(|| unreadable("the page is nested too deep or too big to be taken apart"))?;
    let base = base(&tree, &fetched.url);
    let mut extracted = match &source.page {
        Some(recipe) => by_recipe(recipe, &tree, &fetched.url, limits)?,
        None => headlines(&tree, &base, limits),
    };
    if extracted.documents.is_empty() {
        if discover::asks_login(&tree) {
            return Err(closed("the page asks for a login"));
        }
        if discover::needs_scripts(&tree) {
            extracted.notes.push(Note::Scripts);
        }
    }
    extracted.notes.extend(garbled(&decoded));
    Ok(extracted)
}

/// What relative links of the page are relative to.
pub(super) fn base(tree: &Html, url: &Url) -> Url {
    let written = selector("base[href]").ok().and_then(|base| {
        let element = tree.select(&base).next()?;
        url.join(element.attr("href")?.trim()).ok()
    });
    written.unwrap_or_else(|| url.clone())
}

pub(super) fn selector(css: &str) -> Result<Selector, Failure> {
    Selector::parse(css).map_err(|error| unreadable(format!("the selector `{css}`: {error}")))
}

/// A part of an item: its selector (`None` is the item itself) and attribute.
struct Part {
    selector: Option<Selector>,
    attribute: Option<String>,
}

/// Markup and nodes read so far.
#[derive(Debug, Default)]
struct Spent {
    markup: Cell<usize>,
    nodes: Cell<usize>,
}

impl Spent {
    /// The text of an element, its markup counted.
    fn text(&self, element: ElementRef<'_>) -> String {
        let markup = element.html();
        self.markup.set(self.markup.get() + markup.len());
        html::text(&markup)
    }

    /// Whether an item can be read within the bounds; its nodes are counted.
    fn affords(&self, item: ElementRef<'_>) -> bool {
        let left = MOST_NODES.saturating_sub(self.nodes.get());
        let nodes = item.descendants().take(left + 1).count();
        self.nodes.set(self.nodes.get() + nodes);
        nodes <= left && self.markup.get() < MOST_MARKUP
    }
}

impl Part {
    fn new(path: &CssPath) -> Result<Self, Failure> {
        let selector = match path.css.as_str() {
            "" => None,
            css => Some(selector(css)?),
        };
        Ok(Self {
            selector,
            attribute: path.attribute.clone(),
        })
    }

    fn optional(path: Option<&CssPath>) -> Result<Option<Self>, Failure> {
        path.map(Self::new).transpose()
    }

    fn element<'t>(&self, item: ElementRef<'t>) -> Option<ElementRef<'t>> {
        match &self.selector {
            Some(selector) => item.select(selector).next(),
            None => Some(item),
        }
    }

    /// The attribute, else the text as HTML.
    fn take(&self, item: ElementRef<'_>, spent: &Spent) -> Option<String> {
        let element = self.element(item)?;
        match &self.attribute {
            Some(name) => element.attr(name).map(str::to_owned),
            None => Some(spent.text(element)),
        }
    }
}

struct Parts {
    link: Part,
    title: Option<Part>,
    text: Option<Part>,
    time: Option<Part>,
    /// The list page's own address.
    page: Url,
    spent: Spent,
}

fn by_recipe(
    recipe: &PageRecipe,
    tree: &Html,
    page: &Url,
    limits: &Limits,
) -> Result<Extracted, Failure> {
    let base = base(tree, page);
    let parts = Parts {
        link: Part::new(&recipe.link)?,
        title: Part::optional(recipe.title.as_ref())?,
        text: Part::optional(recipe.text.as_ref())?,
        time: Part::optional(recipe.time.as_ref())?,
        page: page.clone(),
        spent: Spent::default(),
    };
    let items = selector(&recipe.item.css)?;
    let mut extracted = Extracted::default();
    let (mut taken, mut shown) = (0, 0);
    for item in tree.select(&items) {
        shown += 1;
        if taken < limits.max_items && parts.spent.affords(item) {
            taken += 1;
            let format = recipe.time_format.as_deref();
            extracted
                .documents
                .extend(document(item, &parts, format, &base, limits));
        }
    }
    if shown > taken {
        extracted.notes.push(Note::Surplus { taken, shown });
    }
    Ok(extracted)
}

fn document(
    item: ElementRef<'_>,
    parts: &Parts,
    time_format: Option<&str>,
    base: &Url,
    limits: &Limits,
) -> Option<Document> {
    let link = parts.link.element(item);
    let href = link.and_then(|link| match &parts.link.attribute {
        Some(name) => link.attr(name),
        None => link.attr("href"),
    });
    // `href="#"` leads to the list itself.
    let list = address::normalised(parts.page.as_str(), None);
    let url = href
        .and_then(|href| address::normalised(href, Some(base)))
        .filter(|url| Some(url) != list.as_ref());
    let from_link = || {
        link.map(|link| clean::line(&parts.spent.text(link)))
            .filter(|title| !title.is_empty())
    };
    let from_attribute = || link.and_then(|link| link.attr("title")).map(clean::line);
    let title = parts
        .title
        .as_ref()
        .and_then(|title| title.take(item, &parts.spent))
        .map(|title| clean::line(&title))
        .filter(|title| !title.is_empty())
        .or_else(from_link)
        .or_else(from_attribute)
        .unwrap_or_default();
    let text = parts
        .text
        .as_ref()
        .and_then(|text| text.take(item, &parts.spent))
        .unwrap_or_default();
    let published = parts
        .time
        .as_ref()
        .and_then(|time| published(time, item, time_format, &parts.spent, limits));
    finish(url, title, text, published)
}

/// Attributes of an element that hold a machine's time.
pub(super) const STAMPS: [&str; 3] = ["datetime", "data-time", "data-timestamp"];

/// The time by the source's format; where the element bears a machine's time, by that.
fn published(
    time: &Part,
    item: ElementRef<'_>,
    format: Option<&str>,
    spent: &Spent,
    limits: &Limits,
) -> Option<jiff::Timestamp> {
    let written = time.take(item, spent)?;
    let by_format = format.and_then(|format| date::by_format(&written, format, &limits.tz));
    let stamped = |stamp: &str| date::stamped(stamp, &limits.tz).map(|read| read.at);
    let machine = || {
        let element = time.element(item)?;
        STAMPS.iter().find_map(|name| stamped(element.attr(name)?))
    };
    let asked = || time.attribute.as_ref().and_then(|_| stamped(&written));
    by_format
        .or_else(asked)
        .or_else(machine)
        .or_else(|| date::shown(&clean::line(&written), &limits.tz, limits.now))
}

fn finish(
    url: Option<String>,
    title: String,
    text: String,
    published: Option<jiff::Timestamp>,
) -> Option<Document> {
    if title.is_empty() && text.is_empty() {
        return None;
    }
    let mut document = Document {
        id: String::new(),
        url,
        title,
        text,
        published,
    };
    document.id = match &document.url {
        Some(url) => url.clone(),
        None => hex(&document.content_digest()),
    };
    Some(document)
}

/// Links of the page's own site that read like headlines, each address once.
fn headlines(tree: &Html, base: &Url, limits: &Limits) -> Extracted {
    let mut extracted = Extracted::default();
    let Ok(links) = selector("a[href]") else {
        return extracted;
    };
    let (mut seen, spent) = (HashSet::new(), Spent::default());
    for link in tree.select(&links) {
        if extracted.documents.len() >= limits.max_items || !spent.affords(link) {
            break;
        }
        let url = link
            .attr("href")
            .and_then(|href| address::normalised(href, Some(base)));
        let title = clean::line(&spent.text(link));
        let own = url
            .as_deref()
            .and_then(|url| Url::parse(url).ok())
            .is_some_and(|url| is_same_site(&url, base));
        if !own || title.split(' ').count() < HEADLINE_WORDS {
            continue;
        }
        if seen.insert(url.clone()) {
            extracted
                .documents
                .extend(finish(url, title, String::new(), None));
        }
    }
    extracted
}
