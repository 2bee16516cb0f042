//! Any bytes as all that a mail server says: the mail is taken or not, with one line of bounded
//! length, and it is never taken by a server that did not say so.
#![no_main]

#[path = "shared/server.rs"]
mod server;

use std::time::Duration;

use canhtin::mail::{Delivery, Patience, Settings, SmtpSettings, Tls, Transport};
use libfuzzer_sys::fuzz_target;
use server::{RUNTIME, SERVER};

const MAIL: &[u8] = b"From: a@example.vn\r\nTo: b@example.vn\r\n\r\nMail.\r\n";

fuzz_target!(|words: &[u8]| {
    let (host, port) = SERVER.says(words);
    let settings = Settings {
        from: "a@example.vn".parse().expect("an address"),
        delivery: Delivery::Smtp(SmtpSettings {
            host,
            port,
            tls: Tls::None,
            authority: None,
            login: None,
        }),
        answers: None,
    };
    let patience = Patience {
        connect: Duration::from_secs(10),
        command: Duration::from_secs(10),
        data: Duration::from_secs(10),
    };
    let transport = Transport::with_patience(&settings, patience).expect("no TLS to fail");
    let sent = RUNTIME.block_on(transport.send("b@example.vn", "<1@example.vn>", MAIL));
    let text = match sent {
        Ok(reply) => {
            // A greeting, EHLO, MAIL, RCPT, DATA and the final dot.
            let lines = words.split(|byte| *byte == b'\n');
            let yes = lines.filter(|line| matches!(line.first(), Some(b'2' | b'3')));
            assert!(yes.count() >= 6, "taken: {}", String::from_utf8_lossy(words));
            reply.text
        }
        Err(error) => error.reply,
    };
    assert!(text.chars().count() <= 500 && !text.contains(['\n', '\r']), "{text:?}");
});
