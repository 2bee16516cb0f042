//! Which mails of the mailbox are looked at, and when.

use super::*;

#[tokio::test]
async fn look_alikes_do_not_keep_an_answer_from_being_reached() {
    let (_dir, ledger) = ledger().await;
    let stranger = |at: u32| head("ai-do@example.com", "[canhtin tin-gia", &at.to_string());
    let mut mails: Vec<Vec<u8>> = (0..60).map(stranger).collect();
    let good = subject("tin-gia", "id1", "truc-ban");
    mails.push(head("truc@example.vn", &good, "tot"));
    let server = Server::start(mails, Tls::None, Manner::Honest).await;
    let mut passed = Passed::default();
    for recorded in [0, 1, 0] {
        let round = next_round(&server, &ledger, &mut passed).await.unwrap();
        assert_eq!(round.recorded, recorded, "{round:?}");
    }
    let seen = server
        .mails
        .lock()
        .unwrap()
        .iter()
        .filter(|m| m.seen)
        .count();
    assert_eq!(seen, 1);
}

#[tokio::test]
async fn an_answer_that_somebody_opened_first_is_heeded_all_the_same() {
    let (_dir, ledger) = ledger().await;
    let mail =
        |verdict: &str, id: &str| head("truc@example.vn", &subject(verdict, "id1", "truc-ban"), id);
    let server = Server::start(vec![mail("tin-dung", "cu")], Tls::None, Manner::Honest).await;
    // What was opened before the first look is what people have dealt with.
    server.mails.lock().unwrap()[0].seen = true;
    let mut passed = Passed::default();
    let first = next_round(&server, &ledger, &mut passed).await.unwrap();
    assert_eq!(first, Round::default());
    for (verdict, id, seen, recorded) in [
        ("tin-gia", "a", true, 1),
        ("da-xu-ly", "b", true, 1),
        // Sent again, and opened: it takes nothing back.
        ("da-xu-ly", "b", true, 0),
        ("tin-gia", "c", false, 1),
    ] {
        let head = mail(verdict, id);
        server
            .mails
            .lock()
            .unwrap()
            .push(server::Kept { head, seen });
        let round = next_round(&server, &ledger, &mut passed).await.unwrap();
        assert_eq!(round.recorded, recorded, "{verdict} {id}");
        let again = next_round(&server, &ledger, &mut passed).await.unwrap();
        assert_eq!(again, Round::default(), "{verdict} {id}");
    }
    let verdicts: Vec<Verdict> = said(&ledger).await.into_iter().map(|said| said.0).collect();
    assert_eq!(verdicts.len(), 3, "{verdicts:?}");
}

#[tokio::test]
async fn another_mailbox_is_looked_at_from_its_beginning() {
    let (_dir, ledger) = ledger().await;
    let good = head(
        "truc@example.vn",
        &subject("tin-gia", "id1", "truc-ban"),
        "a",
    );
    let look_alike = head("ai-do@example.com", "[canhtin tin-gia", "b");
    let before = Server::start(vec![look_alike], Tls::None, Manner::Honest).await;
    let after = Server::start(vec![good], Tls::None, Manner::Honest).await;
    let mut passed = Passed::default();
    let round = next_round(&before, &ledger, &mut passed).await.unwrap();
    assert_eq!(round, Round::default());
    // Its mails have the same numbers and its UIDVALIDITY is the same.
    let round = next_round(&after, &ledger, &mut passed).await.unwrap();
    assert_eq!(round.recorded, 1);
}

#[test]
fn what_a_server_says_is_told_without_addresses() {
    let said = "no such user <truc@example.vn>, ask it@example.vn later";
    assert_eq!(without_addresses(said), "no such user … ask … later");
}
