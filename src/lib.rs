//! canhtin ("canh tin", keep watch over the news) fetches public pages and feeds, matches
//! them against Vietnamese keyword lists and rumour rules, and mails what it finds to the
//! office that answers false news.
//!
//! `docs/ARCHITECTURE.md` shows the rooms and the direction of their imports.

pub mod alert;
pub mod cli;
pub mod config;
pub mod daemon;
pub mod document;
pub mod extract;
pub mod failpoint;
pub mod fetch;
pub mod keyword;
pub mod ledger;
pub mod mail;
pub mod message;
pub mod problem;
pub mod sample;
pub mod scan;
pub mod seen;
pub mod source;
pub mod story;
pub mod text;
