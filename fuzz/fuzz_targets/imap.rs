//! Any bytes as all that a mailbox's server says: heads of mails within bounds, or a failure.
#![no_main]

#[path = "shared/server.rs"]
mod server;

use std::time::Duration;

use canhtin::mail::{ImapSettings, Mailbox, Passed, Tls};
use libfuzzer_sys::fuzz_target;
use server::{RUNTIME, SERVER};

fuzz_target!(|words: &[u8]| {
    let (host, port) = SERVER.says(words);
    let settings = ImapSettings {
        host,
        port,
        tls: Tls::None,
        authority: None,
        username: "truc".into(),
        password: String::from("mật khẩu").into(),
        every: Duration::from_secs(60),
    };
    RUNTIME.block_on(async {
        let Ok(mut mailbox) = Mailbox::open(&settings).await else { return };
        let mut passed = Passed::default();
        if let Ok(heads) = mailbox.fresh(&mut passed).await {
            assert!(heads.len() <= 40);
            for head in &heads {
                assert!(head.subject.len() <= words.len() * 3, "{head:?}");
                assert!(head.from.as_ref().is_none_or(|from| from.contains('@')), "{head:?}");
            }
            let uids: Vec<u32> = heads.iter().map(|head| head.uid).collect();
            let _ = mailbox.mark_seen(&uids).await;
        }
        mailbox.close().await;
    });
});
