//! `[[receiver]]` and `[[route]]` of `canhtin.toml`.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use lettre::Address;

use super::one_line;
use super::route::{Receiver, Route, Routing};
use crate::keyword::Severity;
use crate::message::Message;
use crate::problem::nearest;
use crate::problem::toml::Table;
use crate::source::Trust;

/// How long a group waits for further alerts unless its route says otherwise.
const GROUP_WAIT: Duration = Duration::from_secs(120);

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

/// Reads every `[[receiver]]` and `[[route]]` of the file's root table.
#[must_use]
pub fn read_routing(root: &mut Table<'_>) -> Routing {
    let receivers = read_receivers(root);
    let mut at = 0..0;
    let mut routes = Vec::new();
    for (i, table) in root.tables("route").into_iter().enumerate() {
        if i == 0 {
            at = table.span();
        }
        routes.extend(read_route(table, &receivers));
    }
    if !root.has("route") {
        root.error(
            0..0,
            Message::new("alert-no-route"),
            Message::new("alert-no-route-mend"),
        );
    }
    let receivers = receivers
        .into_iter()
        .filter(|receiver| !receiver.to.is_empty())
        .collect();
    Routing {
        receivers,
        routes,
        places: Vec::new(),
        at: (Arc::clone(root.file()), at),
    }
}

fn read_receivers(root: &mut Table<'_>) -> Vec<Receiver> {
    let mut receivers: Vec<Receiver> = Vec::new();
    if !root.has("receiver") {
        root.error(
            0..0,
            Message::new("alert-no-receiver"),
            Message::new("alert-no-receiver-mend"),
        );
    }
    for mut table in root.tables("receiver") {
        let name = table.required("name", "\"truc-ban\"");
        let to = table.strings("to");
        let mut addresses = Vec::new();
        match to {
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
        if let Some(name) = name {
            if receivers.iter().any(|receiver| receiver.name == name.value) {
                table.error(
                    name.span,
                    Message::new("alert-same-receiver").with("name", &name.value),
                    Message::new("alert-same-receiver-mend"),
                );
            } else {
                receivers.push(Receiver {
                    name: name.value,
                    to: addresses,
                });
            }
        }
        table.finish();
    }
    receivers
}

fn read_route(mut table: Table<'_>, receivers: &[Receiver]) -> Option<Route> {
    let receiver = table.required("receiver", "\"truc-ban\"");
    if let Some(name) = &receiver
        && receivers.iter().all(|receiver| receiver.name != name.value)
    {
        let known = || receivers.iter().map(|receiver| receiver.name.as_str());
        let mend = match nearest(&name.value, known()) {
            Some(near) => Message::new("alert-unknown-receiver-near").with("near", near),
            None => Message::new("alert-unknown-receiver-mend")
                .with("known", known().collect::<Vec<_>>().join(", ")),
        };
        let what = Message::new("alert-unknown-receiver").with("name", &name.value);
        table.error(name.span.clone(), what, mend);
    }
    let words = |table: &mut Table<'_>, key| -> Vec<String> {
        let list = table.strings(key).unwrap_or_default();
        list.into_iter().map(|word| word.value).collect()
    };
    let route = Route {
        receiver: String::new(),
        min_severity: table
            .parsed::<Severity>("min_severity", Severity::WANTED)
            .map_or(Severity::Info, |severity| severity.value),
        topic: words(&mut table, "topic"),
        rule: table.strings("rule").unwrap_or_default(),
        place: words(&mut table, "place"),
        tags: words(&mut table, "tags"),
        trust: read_trust(&mut table),
        group_wait: table
            .duration("group_wait")
            .map_or(GROUP_WAIT, |wait| wait.value),
        go_on: table.boolean("continue").is_some_and(|on| on.value),
    };
    table.finish();
    receiver.map(|name| Route {
        receiver: name.value,
        ..route
    })
}

fn read_trust(table: &mut Table<'_>) -> Vec<Trust> {
    let mut list = Vec::new();
    for word in table.strings("trust").unwrap_or_default() {
        match Trust::from_str(&word.value) {
            Ok(trust) => list.push(trust),
            Err(()) => table.error(
                word.span,
                Message::new("problem-bad-value")
                    .with("key", "trust")
                    .with("value", &word.value),
                Message::new("problem-bad-value-mend").with("wanted", Trust::WANTED),
            ),
        }
    }
    list
}
