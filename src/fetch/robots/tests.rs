//! How long answers hold, and what stands for them while an origin is out of reach.

use std::collections::BTreeMap;

use super::*;

const ORIGIN: &str = "https://trang.example";

/// A memory whose clock stands where the test puts it.
#[derive(Debug, Default)]
struct Notebook {
    pages: Mutex<BTreeMap<String, Vec<u8>>>,
    age: Mutex<Duration>,
}

impl RobotsMemory for Notebook {
    fn recall(&self, origin: &str) -> Option<(Vec<u8>, Duration)> {
        let page = self.pages.lock().unwrap().get(origin).cloned()?;
        Some((page, *self.age.lock().unwrap()))
    }

    fn keep(&self, origin: &str, known: &[u8]) {
        let mut pages = self.pages.lock().unwrap();
        pages.insert(origin.to_owned(), known.to_vec());
    }
}

fn silent() -> Answer {
    Answer::Unreachable(Failure::new(FailureClass::Connect, "nobody there"))
}

fn file(text: &str) -> Answer {
    Answer::File(text.as_bytes().to_vec(), None)
}

/// What a program knows that begins `age` after the notebook was written.
fn restarted(notebook: &Arc<Notebook>, age: Duration) -> Option<Known> {
    *notebook.age.lock().unwrap() = age;
    let cache = Cache::new(&[]);
    let memory: Arc<dyn RobotsMemory> = Arc::clone(notebook) as _;
    cache.keep_in(&memory);
    let entry = cache.entry(ORIGIN);
    entry.try_lock().unwrap().take()
}

fn learnt(notebook: &Arc<Notebook>, answers: impl IntoIterator<Item = Answer>) -> Permit {
    let cache = Cache::new(&[]);
    let memory: Arc<dyn RobotsMemory> = Arc::clone(notebook) as _;
    cache.keep_in(&memory);
    let entry = cache.entry(ORIGIN);
    let mut place = entry.try_lock().unwrap();
    let mut last = Ok(None);
    for answer in answers {
        last = cache.learn(ORIGIN, &mut place, answer);
    }
    last
}

fn forbids(permit: Permit) -> bool {
    let url = format!("{ORIGIN}/a").parse().unwrap();
    permit
        .unwrap()
        .is_some_and(|rules| rules.forbid(&url).is_some())
}

#[test]
fn answers_hold_for_an_hour_to_a_day() {
    let life = |answer| Known::after(None, answer, Instant::now()).life;
    let told = |seconds| Answer::File(Vec::new(), Some(Duration::from_secs(seconds)));
    let failed = |class, pause: Option<u64>| {
        Answer::Unreachable(Failure {
            retry_after: pause.map(Duration::from_secs),
            ..Failure::new(class, "")
        })
    };
    for (case, answer, seconds) in [
        ("nothing told", file(""), 86_400),
        ("told two hours", told(7_200), 7_200),
        ("told a year", told(31_536_000), 86_400),
        ("told not to keep it", told(0), 3_600),
        ("absent", Answer::Unavailable, 86_400),
        ("nobody there", silent(), 60),
        ("broken", failed(FailureClass::Http5xx, None), 600),
        ("later", failed(FailureClass::Http4xx, Some(7_200)), 7_200),
        ("asked too often", Answer::Later, 3_600),
        ("spoilt", failed(FailureClass::Unreadable, None), 600),
    ] {
        assert_eq!(life(answer), Duration::from_secs(seconds), "{case}");
    }
}

#[test]
fn a_restart_asks_no_origin_again_before_its_day_is_over() {
    let notebook = Arc::new(Notebook::default());
    assert!(
        restarted(&notebook, Duration::ZERO).is_none(),
        "nothing is known yet"
    );
    let rules =
        "user-agent: muoi\ndisallow: /\nuser-agent: canhtin\ndisallow: /a\ncrawl-delay: 7.5";
    assert!(forbids(learnt(&notebook, [file(rules)])));
    let hours = |n: u64| Duration::from_secs(3600 * n);
    let known = restarted(&notebook, hours(23)).unwrap();
    assert!(known.is_fresh(Instant::now()) && forbids(known.rules()));
    let delay = known.rules().unwrap().unwrap().delay();
    assert_eq!(delay, Duration::from_millis(7_500));
    let known = restarted(&notebook, hours(25)).unwrap();
    assert!(!known.is_fresh(Instant::now()), "a day is over");
    assert!(
        forbids(known.rules()),
        "the old copy stands until a new one is there"
    );
}

#[test]
fn out_of_reach_means_closed_for_thirty_days_where_there_is_no_copy() {
    let notebook = Arc::new(Notebook::default());
    assert!(learnt(&notebook, [silent(), silent()]).is_err());
    let days = |n: u64| Duration::from_secs(24 * 3600 * n);
    assert!(restarted(&notebook, days(29)).unwrap().rules().is_err());
    let known = restarted(&notebook, days(31)).unwrap();
    assert!(!forbids(known.rules()), "after 30 days it counts as absent");
    // It fails once more: the count goes on.
    let notebook_of_a_month = Arc::new(Notebook::default());
    let still = Known::after(Some(known), silent(), Instant::now());
    notebook_of_a_month.keep(ORIGIN, &serde_json::to_vec(&still.kept()).unwrap());
    assert!(!forbids(
        restarted(&notebook_of_a_month, days(1)).unwrap().rules()
    ));
    // One answer ends it.
    assert!(learnt(&notebook, [Answer::Unavailable, silent()]).is_ok());
    assert!(
        learnt(&notebook, [file("user-agent: *\ndisallow: /"), silent()])
            .is_ok_and(|rules| rules.is_some())
    );
}

#[test]
fn an_older_copy_stands_while_an_origin_is_out_of_reach() {
    let notebook = Arc::new(Notebook::default());
    let closed = || file("user-agent: *\ndisallow: /a");
    assert!(forbids(learnt(&notebook, [closed(), silent()])));
    // Nor does a server that is asked too often take it back; without a copy all is allowed.
    let of_today = Arc::new(Notebook::default());
    assert!(!forbids(learnt(&of_today, [Answer::Later])));
    assert!(forbids(learnt(
        &of_today,
        [closed(), Answer::Later, silent(), Answer::Later]
    )));
    assert!(forbids(
        restarted(&of_today, Duration::ZERO).unwrap().rules()
    ));
    let known = restarted(&notebook, Duration::from_secs(90 * 24 * 3600)).unwrap();
    assert!(forbids(known.rules()));
}

#[test]
fn old_origins_are_forgotten_and_heavy_rules_bounded() {
    let cache = Cache::new(&[]);
    for n in 0..20 * KEEP {
        // Never answered: nothing is known, so nothing is kept.
        drop(cache.entry(&format!("https://h{n}.example")));
    }
    let kept = cache.origins.lock().unwrap().known.len();
    assert!((1..=KEEP).contains(&kept), "{kept} kept");
    let heavy: String = (0..10_000).map(|n| format!("disallow: /{n}\n")).collect();
    for n in 0..40 {
        let origin = format!("https://heavy{n}.example");
        let entry = cache.entry(&origin);
        let mut place = entry.try_lock().unwrap();
        let _ = cache.learn(
            &origin,
            &mut place,
            file(&format!("user-agent: *\n{heavy}")),
        );
    }
    let origins = cache.origins.lock().unwrap();
    let known = origins
        .known
        .values()
        .map(|entry| entry.try_lock().unwrap());
    let weight: usize = known
        .filter_map(|known| known.as_ref().map(Known::weight))
        .sum();
    assert!(weight > 1 << 20, "all were forgotten: {weight}");
    assert!(weight < 2 * MOST_WEIGHT, "{weight} bytes of rules");
}

#[test]
fn a_heavy_file_decides_in_time() {
    let path = format!("/{}", "a".repeat(8_000));
    let url: Url = format!("{ORIGIN}{path}").parse().unwrap();
    for (case, line) in [
        (
            "many stars",
            format!("disallow: /{}b\n", "*a".repeat(7_000)),
        ),
        (
            "near misses",
            "disallow: /*aaaaaaaaaaaaaaaaaaaab\n".to_owned(),
        ),
        ("short rules", "disallow: /*b\n".to_owned()),
    ] {
        let file = format!("user-agent: *\n{}", line.repeat(MOST_BYTES / line.len()));
        let begin = std::time::Instant::now();
        let rules = Rules::read(file.as_bytes(), AGENT);
        assert!(rules.forbid(&url).is_none());
        println!("{case}: {} rules, {:?}", rules.count(), begin.elapsed());
        assert!(begin.elapsed() < Duration::from_secs(30), "{case}");
    }
}
