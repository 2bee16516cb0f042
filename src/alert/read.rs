//! `[[receiver]]` and `[[route]]` of `canhtin.toml`.

use std::str::FromStr;
use std::sync::Arc;

use jiff::tz::TimeZone;
use lettre::Address;

use super::one_line;
use super::read_timing::{read_mutes, read_overrides};
use super::route::{Conditions, Receiver, Route, Routing};
use super::timing::Overrides;
use crate::keyword::Severity;
use crate::message::Message;
use crate::problem::toml::Table;
use crate::problem::{meant, nearest};
use crate::source::Trust;

/// Routes may be nested this deep.
const MAX_DEPTH: usize = 8;

/// Splits `a@b.vn` or `Name <a@b.vn>` into the name and the address; `None` where it is neither.
#[must_use]
pub fn parse_address(text: &str) -> Option<(Option<String>, Address)> {
    let text = text.trim();
    let (name, address) = match text.strip_suffix('>') {
        Some(head) => head.rsplit_once('<')?,
        None => ("", text),
    };
    let name = one_line(name.trim().trim_matches('"'), 100);
    let address: Address = address.trim().parse().ok()?;
    Some(((!name.is_empty()).then_some(name), address))
}

/// A receiver as its block says, before routes inherit from it.
struct Written {
    receiver: Receiver,
    overrides: Overrides,
}

/// Reads every `[[receiver]]`, `[[route]]` and `[[mute]]` of the file's root table; their hours
/// and days are those of `tz`.
#[must_use]
pub fn read_routing(root: &mut Table<'_>, tz: &TimeZone) -> Routing {
    let receivers = read_receivers(root);
    let mut at = 0..0;
    let mut routes = Vec::new();
    for (i, table) in root.tables("route").into_iter().enumerate() {
        if i == 0 {
            at = table.span();
        }
        routes.extend(read_route(table, &receivers, None, 1));
    }
    if !root.has("route") {
        root.error(
            0..0,
            Message::new("alert-no-route"),
            Message::new("alert-no-route-mend"),
        );
    }
    let (mutes, muted) = read_mutes(root, tz);
    let receivers = receivers.into_iter().map(|written| written.receiver);
    Routing {
        receivers: receivers.filter(|r| !r.to.is_empty()).collect(),
        routes,
        mutes,
        places: Vec::new(),
        tz: tz.clone(),
        at: (Arc::clone(root.file()), at),
        muted,
    }
}

fn read_receivers(root: &mut Table<'_>) -> Vec<Written> {
    let mut receivers: Vec<Written> = Vec::new();
    if !root.has("receiver") {
        root.error(
            0..0,
            Message::new("alert-no-receiver"),
            Message::new("alert-no-receiver-mend"),
        );
    }
    for mut table in root.tables("receiver") {
        let name = table.required("name", "\"truc-ban\"");
        let to = read_addresses(&mut table);
        let overrides = read_overrides(&mut table);
        let max_per_hour = table
            .integer("max_per_hour", 1..=1000)
            .and_then(|most| usize::try_from(most.value).ok());
        if let Some(name) = name {
            if receivers.iter().any(|w| w.receiver.name == name.value) {
                table.error(
                    name.span,
                    Message::new("alert-same-receiver").with("name", &name.value),
                    Message::new("alert-same-receiver-mend"),
                );
            } else {
                receivers.push(Written {
                    receiver: Receiver {
                        name: name.value,
                        to,
                        max_per_hour,
                        timing: overrides.clone().settle(),
                    },
                    overrides,
                });
            }
        }
        table.finish();
    }
    receivers
}

fn read_addresses(table: &mut Table<'_>) -> Vec<String> {
    let mut addresses = Vec::new();
    match table.strings("to") {
        None if !table.has("to") => table.missing("to", "[\"truc@example.vn\"]"),
        None => {}
        Some(list) if list.is_empty() => table.error(
            table.span(),
            Message::new("alert-empty-to"),
            Message::new("alert-empty-to-mend"),
        ),
        Some(list) => {
            for address in list {
                if parse_address(&address.value).is_some() {
                    addresses.push(address.value);
                } else {
                    table.error(
                        address.span,
                        Message::new("alert-bad-address").with("address", &address.value),
                        Message::new("alert-bad-address-mend"),
                    );
                }
            }
        }
    }
    addresses
}

/// What a route hands down to those below it.
#[derive(Clone)]
struct Above {
    receiver: String,
    overrides: Overrides,
}

fn read_route(
    mut table: Table<'_>,
    receivers: &[Written],
    above: Option<&Above>,
    depth: usize,
) -> Option<Route> {
    let receiver = read_receiver(&mut table, receivers, above);
    let overrides = read_overrides(&mut table);
    let conditions = read_conditions(&mut table);
    let go_on = table.boolean("continue").is_some_and(|on| on.value);
    let Some(name) = receiver else {
        table.tables("route");
        table.finish();
        return None;
    };
    // Another receiver's own hours count for its mails, not those of the route above.
    let inherited = match above {
        Some(above) if above.receiver == name => above.overrides.clone(),
        _ => Overrides::default(),
    };
    let here = Above {
        overrides: overrides.or(&inherited),
        receiver: name,
    };
    let mut routes = Vec::new();
    for below in table.tables("route") {
        if depth < MAX_DEPTH {
            routes.extend(read_route(below, receivers, Some(&here), depth + 1));
        } else {
            let span = below.span();
            below.error(
                span,
                Message::new("alert-too-deep").count("most", MAX_DEPTH),
                Message::new("alert-too-deep-mend"),
            );
        }
    }
    table.finish();
    let of_receiver = receivers
        .iter()
        .find(|written| written.receiver.name == here.receiver)
        .map_or_else(Overrides::default, |written| written.overrides.clone());
    Some(Route {
        receiver: here.receiver,
        conditions,
        timing: here.overrides.or(&of_receiver).settle(),
        go_on,
        routes,
    })
}

/// The receiver that a route names, else that of the route above it.
fn read_receiver(
    table: &mut Table<'_>,
    receivers: &[Written],
    above: Option<&Above>,
) -> Option<String> {
    if let Some(above) = above
        && !table.has("receiver")
    {
        table.string("receiver");
        return Some(above.receiver.clone());
    }
    let name = table.required("receiver", "\"truc-ban\"")?;
    if receivers.iter().all(|w| w.receiver.name != name.value) {
        let known = || receivers.iter().map(|w| w.receiver.name.as_str());
        let mend = match nearest(&name.value, known()) {
            Some(near) => Message::new("alert-unknown-receiver-near").with("near", near),
            None => Message::new("alert-unknown-receiver-mend")
                .with("known", known().collect::<Vec<_>>().join(", ")),
        };
        let what = Message::new("alert-unknown-receiver").with("name", &name.value);
        table.error(name.span, what, mend);
    }
    Some(name.value)
}

fn read_conditions(table: &mut Table<'_>) -> Conditions {
    let place = |table: &mut Table<'_>| -> Vec<String> {
        let list = table.strings("place").unwrap_or_default();
        list.into_iter().map(|word| word.value).collect()
    };
    Conditions {
        min_severity: table
            .parsed::<Severity>("min_severity", Severity::WANTED)
            .map_or(Severity::Info, |severity| severity.value),
        topic: table.strings("topic").unwrap_or_default(),
        rule: table.strings("rule").unwrap_or_default(),
        place: place(table),
        source: table.strings("source").unwrap_or_default(),
        tags: table.strings("tags").unwrap_or_default(),
        trust: read_trust(table),
    }
}

fn read_trust(table: &mut Table<'_>) -> Vec<Trust> {
    let mut list = Vec::new();
    for word in table.strings("trust").unwrap_or_default() {
        match Trust::from_str(&word.value) {
            Ok(trust) => list.push(trust),
            Err(()) => {
                let mend = match meant(&word.value, Trust::WANTED) {
                    Some(near) => Message::new("problem-bad-value-near").with("near", near),
                    None => Message::new("problem-bad-value-mend"),
                };
                let what = Message::new("problem-bad-value")
                    .with("key", "trust")
                    .with("value", &word.value);
                table.error(word.span, what, mend.with("wanted", Trust::WANTED));
            }
        }
    }
    list
}
