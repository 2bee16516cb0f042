use super::*;
use crate::alert::Refutation;

const PAGE: &str = "https://bao.example.vn/1";
/// Stands in everything that is told of the page, and nowhere else.
const WORDS: &str = "Chuyen-cua-rieng-mot-trang";

/// The alert of the page that is to be forgotten.
fn page() -> Admission {
    let mut one = admission("bao", "1");
    one.alert.page_title = format!("{WORDS} tin");
    one.alert.excerpt.text = format!("{WORDS} trích");
    one
}

/// How far things have come when the page is to be forgotten.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Stage {
    Open,
    Queued,
    Composed,
    /// One recipient has it, the other one's server refuses.
    SentAndHeld,
    Sent,
}

/// Brings the page, and its neighbour where there is one, so far. One mail to two recipients.
async fn brought(ledger: &Ledger, stage: Stage, neighbour: bool) {
    let mut all = vec![page()];
    if neighbour {
        all.push(admission("bao", "12"));
    }
    ledger.admit(&all, at(0)).await.unwrap();
    if stage == Stage::Open {
        return;
    }
    let closed = ledger.close_due(at(0), true, &two, "example.vn").await;
    assert_eq!(closed.unwrap().mails.len(), 1);
    if stage == Stage::Queued {
        return;
    }
    for n in 0..2 {
        let claimed = ledger.claim(at(1)).await.unwrap().unwrap();
        let raw = format!("{WORDS} thư").into_bytes();
        let kept = ledger.keep_composed(&claimed.mail, WORDS, raw).await;
        assert!(!kept.unwrap().is_empty());
        let ended = match (stage, n) {
            (Stage::Composed, _) => {
                let later = (at(2), at(3));
                let delay = Delay::Refused;
                ledger
                    .postpone(&claimed, later.0, later.1, "450", delay)
                    .await
            }
            (Stage::SentAndHeld, 1) => ledger.hold(&claimed, at(2), "550").await,
            _ => ledger.sent(&claimed, at(2), "250").await,
        };
        ended.unwrap();
    }
}

fn holds(dir: &TempDir, words: &str) -> bool {
    let files = std::fs::read_dir(dir.path()).unwrap();
    let all: Vec<Vec<u8>> = files
        .map(|file| std::fs::read(file.unwrap().path()).unwrap())
        .collect();
    assert!(!all.is_empty());
    all.iter().any(|bytes| {
        bytes
            .windows(words.len())
            .any(|part| part == words.as_bytes())
    })
}

#[tokio::test]
async fn a_page_is_forgotten_at_every_stage() {
    // Stage, whether the mail tells another page too; deliveries withdrawn, left to be made, made.
    let rows = [
        (Stage::Open, false, 0, 0, 0),
        (Stage::Open, true, 0, 0, 0),
        (Stage::Queued, false, 2, 0, 0),
        (Stage::Queued, true, 0, 2, 0),
        (Stage::Composed, false, 2, 0, 0),
        (Stage::Composed, true, 0, 2, 0),
        (Stage::SentAndHeld, false, 1, 0, 1),
        (Stage::SentAndHeld, true, 0, 1, 1),
        (Stage::Sent, false, 0, 0, 2),
        (Stage::Sent, true, 0, 0, 2),
    ];
    for (stage, neighbour, withdrawn, left, made) in rows {
        let what = format!("{stage:?} {neighbour}");
        let (dir, ledger) = fresh().await;
        brought(&ledger, stage, neighbour).await;
        assert!(holds(&dir, WORDS), "{what}");

        let forgotten = ledger.forget_page(PAGE, "lan", at(9)).await.unwrap();
        assert_eq!((forgotten.alerts, forgotten.under_way), (1, 0), "{what}");
        assert_eq!(forgotten.mails.len(), usize::from(stage != Stage::Open));
        assert_eq!(forgotten.withdrawn, withdrawn, "{what}");
        for words in [WORDS, "https://bao.example.vn/1\""] {
            assert!(!holds(&dir, words), "{what}: {words}");
        }
        let overview = ledger.overview().await.unwrap();
        assert_eq!(
            (overview.queued + overview.held, overview.sent),
            (left, made),
            "{what}"
        );
        assert_eq!(overview.alerts, u64::from(neighbour), "{what}");
        let waits = stage == Stage::Open && neighbour;
        assert_eq!(overview.waiting_groups, u64::from(waits), "{what}");
        if left > 0 {
            ledger.requeue_held(None, at(10)).await.unwrap();
            let claimed = ledger.claim(at(10)).await.unwrap().unwrap();
            assert_eq!(claimed.raw, None, "{what}: composed anew");
            let bundle = claimed.content.bundle().unwrap();
            let told: Vec<&str> = bundle.alerts.iter().map(|a| a.item.as_str()).collect();
            assert_eq!((told, bundle.spread.len()), (vec!["12"], 1), "{what}");
        }

        // Neither the same nor another rumour is told of it again, whoever lists it.
        let mut other = page();
        other.alert.rule = "s".to_owned();
        other.alert.source = "trang".to_owned();
        let again = ledger.admit(&[page(), other], at(11)).await.unwrap();
        assert_eq!((again.known, again.new.len()), (2, 0), "{what}");
        let sound = ledger.inspect(true, Duration::ZERO).await.unwrap();
        assert!(sound.is_sound(), "{what}: {sound:?}");
        let trail = ledger.audit(100).await.unwrap();
        assert!(
            trail
                .iter()
                .any(|r| r.event == "forgotten" && r.detail.ends_with("by lan"))
        );
        assert!(trail.iter().all(|record| !record.detail.contains("https")));
    }
}

#[tokio::test]
async fn a_mail_that_is_being_sent_is_forgotten_once_it_is_sent() {
    let (dir, ledger) = fresh().await;
    brought(&ledger, Stage::Queued, false).await;
    let claimed = ledger.claim(at(1)).await.unwrap().unwrap();
    let forgotten = ledger.forget_page(PAGE, "lan", at(2)).await.unwrap();
    assert_eq!((forgotten.under_way, forgotten.mails.len()), (1, 0));
    let raw = WORDS.as_bytes().to_vec();
    ledger
        .keep_composed(&claimed.mail, WORDS, raw)
        .await
        .unwrap();
    ledger.sent(&claimed, at(3), "250").await.unwrap();
    let forgotten = ledger.forget_page(PAGE, "lan", at(4)).await.unwrap();
    assert_eq!((forgotten.under_way, forgotten.withdrawn), (0, 1));
    assert_eq!(forgotten.mails, [claimed.mail]);
    assert!(!holds(&dir, WORDS));
}

#[tokio::test]
async fn a_verdict_on_the_story_stays_and_a_refutation_goes() {
    let (dir, ledger) = fresh().await;
    let mut refuted = page();
    refuted.alert.stance = Stance::Denies;
    refuted.dispatches.clear();
    let copy = |source: &str| {
        let mut copy = admission(source, "2");
        copy.alert.story = StoryId("story 2".to_owned());
        copy
    };
    let told = [refuted, copy("bao")];
    ledger.admit(&told, at(0)).await.unwrap();
    close_all(&ledger, at(0)).await;
    let ruling = Ruling {
        target: Target::Alert("r/bao/2".to_owned()),
        verdict: Verdict::Irrelevant,
        until: None,
        by: "lan".to_owned(),
        way: Way::Command,
        note: Some(WORDS.to_owned()),
        answer: None,
    };
    ledger.judge(&ruling, at(1)).await.unwrap();

    let gone = ledger.forget_page(PAGE, "lan", at(2)).await.unwrap();
    assert_eq!((gone.alerts, gone.mails.len(), gone.withdrawn), (1, 1, 0));
    let claimed = ledger.claim(at(3)).await.unwrap().unwrap();
    let bundle = claimed.content.bundle().unwrap();
    assert_eq!(bundle.refutations, Vec::<Refutation>::new());
    assert_eq!(bundle.alerts.len(), 1);
    ledger.sent(&claimed, at(3), "250").await.unwrap();

    let gone = ledger
        .forget_page("https://bao.example.vn/2", "lan", at(4))
        .await;
    assert_eq!(gone.unwrap().alerts, 1);
    assert!(!holds(&dir, WORDS), "the note is left");
    // Another copy of the story is as irrelevant as the forgotten one was.
    ledger.admit(&[copy("trang-khac")], at(5)).await.unwrap();
    assert_eq!(ledger.overview().await.unwrap().waiting_groups, 0);
    let verdicts = ledger.verdicts("story 2").await.unwrap();
    assert_eq!((verdicts.len(), verdicts[0].note.clone()), (1, None));
}

#[tokio::test]
async fn forgotten_pages_are_told_apart_from_others() {
    let (_dir, ledger) = fresh().await;
    let nothing = ledger.forget_page(PAGE, "lan", at(0)).await.unwrap();
    assert_eq!(nothing, PageForgotten::default());
    let urls = [PAGE, "https://bao.example.vn/12", "https://bao.example.vn/"];
    let forgotten = ledger
        .forgotten_pages(urls.map(str::to_owned).to_vec())
        .await;
    assert_eq!(forgotten.unwrap().into_iter().collect::<Vec<_>>(), [PAGE]);
}
