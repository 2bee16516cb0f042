//! The mail of `mail test`.

use askama::Template;
use jiff::Timestamp;

use super::Office;
use super::words::{MAX_TITLE, clock};
use crate::alert::one_line;
use crate::message::{Lang, Message, say};

/// The mail of `mail test`.
#[derive(Template)]
#[template(path = "trial.html")]
pub(super) struct Trial {
    lang: Lang,
    lines: Vec<String>,
}

impl Trial {
    pub(super) fn new(office: &Office, now: Timestamp) -> Self {
        let at = clock(now, office);
        let lines = vec![
            say(office.lang, "mail-trial-works"),
            Message::new("mail-trial-sent")
                .with("at", at)
                .with("office", one_line(&office.name, MAX_TITLE))
                .say(office.lang),
        ];
        Self {
            lang: office.lang,
            lines,
        }
    }

    pub(super) fn html(&self) -> Result<String, askama::Error> {
        self.render()
    }

    pub(super) fn text(&self) -> String {
        self.lines.join("\n\n") + "\n"
    }

    fn t(&self, id: &'static str) -> String {
        say(self.lang, id)
    }
}
