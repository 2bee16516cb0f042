//! `mail test`: one mail by the configured transport, so that an operator knows that mails
//! arrive before a rumour does.

use std::io::Write;

use anyhow::anyhow;
use jiff::Timestamp;

use super::Exit;
use super::setting::{Setting, explained};
use crate::mail::{Transport, test_mail};
use crate::message::Message;

pub(super) async fn run(
    setting: &Setting,
    address: &str,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let (config, lang, _) = setting.load_to_send_or_complain()?;
    let (message_id, mail) = test_mail(address, &config.office, &config.mail, Timestamp::now())
        .map_err(|_| {
            explained(
                lang,
                &Message::new("cli-mail-address").with("address", address),
                &Message::new("cli-mail-address-mend"),
            )
        })?;
    let transport = Transport::new(&config.mail)?;
    match transport.send(address, &message_id, &mail.raw).await {
        Ok(reply) => {
            let sent = Message::new("cli-mail-sent")
                .with("address", address)
                .with("reply", reply.text);
            writeln!(out, "{}", sent.say(lang))?;
            Ok(Exit::Done)
        }
        Err(error) => Err(anyhow!(
            Message::new("cli-mail-unsent")
                .with("address", address)
                .with("reply", error.reply)
                .say(lang)
        )),
    }
}
