//! Which story each document tells, and how what is known of stories outlives the seen memory.
//!
//! A text is remembered in *seen* the moment it is identified, so that two passes at one time do
//! not begin two stories of one text; a crash before the ledger knows of it does no harm, since
//! the same text is given the same name again.

use jiff::Timestamp;
use tracing::{info, warn};

use super::world::World;
use crate::document::Document;
use crate::ledger::{Ledger, LedgerError};
use crate::seen::{CAPACITY, Fingerprint, Seen, SeenError};
use crate::story::{self, Telling};

/// Fingerprints that are read from the ledger at once.
const AT_ONCE: u32 = 10_000;

/// Names the tellings of a pass.
pub(super) struct Teller {
    /// Absent where nothing may be recorded.
    seen: Option<Seen>,
    /// What was remembered of new texts.
    new: Vec<Fingerprint>,
}

impl Teller {
    pub(super) fn new(world: Option<&World>) -> Self {
        Self {
            seen: world.map(|world| world.seen.clone()),
            new: Vec::new(),
        }
    }

    /// The telling that a document belongs to. Where the memory fails, only copies are found.
    pub(super) fn telling(&mut self, document: &Document) -> Telling {
        let Some(seen) = &self.seen else {
            return Telling::begun_by(document);
        };
        match story::identify(document, &mut seen.fingerprints()) {
            Ok(identified) => {
                self.new.extend(identified.new);
                identified.telling
            }
            Err(error) => {
                warn!(%error, "the seen memory failed");
                Telling::begun_by(document)
            }
        }
    }

    pub(super) fn into_new(self) -> Vec<Fingerprint> {
        self.new
    }
}

/// Keeps in the ledger what was remembered of new texts, before their alerts. Without it a story
/// may be split once the seen memory is lost; no alert depends on it.
pub(super) async fn keep(world: &World, new: &[Fingerprint], now: Timestamp) {
    if let Err(error) = world.ledger.keep_fingerprints(new, now).await {
        warn!(%error, "the fingerprints of stories could not be kept");
    }
}

/// Tells the seen memory the stories it has lost.
///
/// # Errors
/// When the ledger cannot be read. A seen memory that fails is only reported.
pub(super) async fn restore(seen: &Seen, ledger: &Ledger) -> Result<(), LedgerError> {
    let kept = ledger.fingerprint_count().await?;
    let known = seen.fingerprints().len();
    // Full, it has just forgotten its oldest sixteenth at worst.
    if known >= kept.min(CAPACITY - CAPACITY / 16) {
        return Ok(());
    }
    info!(known, kept, "telling the seen memory its stories again");
    if let Err(error) = seen.fingerprints().clear() {
        warn!(%error, "the seen memory failed");
        return Ok(());
    }
    let mut place = 0;
    loop {
        let (texts, next) = ledger.fingerprints(place, AT_ONCE).await?;
        if next == place {
            return Ok(());
        }
        place = next;
        if let Err(error) = remember(seen, &texts) {
            warn!(%error, "the seen memory failed");
            return Ok(());
        }
    }
}

fn remember(seen: &Seen, texts: &[Fingerprint]) -> Result<(), SeenError> {
    let mut told = seen.fingerprints();
    texts.iter().try_for_each(|text| told.insert(text))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::daemon::health::Health;
    use crate::daemon::robots::KeptRobots;

    const POSTS: [&str; 3] = [
        "Chị hàng xóm làm ở trạm y tế kể rằng đợt tiêm tuần tới toàn lô hàng gần hết hạn, ai tiêm \
         rồi thì hai năm sau không thể có con.",
        "Sáng nay chợ phiên đông hơn mọi khi, giá lợn hơi tăng nhẹ, rau xanh vẫn giữ như tuần \
         trước, bà con bán hết hàng từ chín giờ.",
        "Nước lá đu đủ đun đặc uống ngày ba lần thì khỏi sốt xuất huyết, không cần đi viện, nhà \
         tôi đã thử và ba hôm là khỏi hẳn.",
    ];

    fn document(text: &str) -> Document {
        Document {
            id: "1".to_owned(),
            url: None,
            title: String::new(),
            text: text.to_owned(),
            published: None,
        }
    }

    async fn world(dir: &std::path::Path, seen: &str) -> World {
        let now = Timestamp::UNIX_EPOCH;
        let opened = Seen::open(&dir.join(seen), Duration::from_secs(60), now).unwrap();
        let world = World {
            robots: KeptRobots::shared(opened.seen.clone(), Timestamp::now),
            tries: crate::daemon::follow::Tries::default(),
            seen: opened.seen,
            health: Health::default(),
            ledger: Ledger::open(&dir.join("ledger.sqlite"), now).await.unwrap(),
        };
        restore(&world.seen, &world.ledger).await.unwrap();
        world
    }

    fn tell(world: &World, texts: &[String]) -> (Vec<Telling>, Vec<Fingerprint>) {
        let mut teller = Teller::new(Some(world));
        let tellings = texts.iter().map(|text| teller.telling(&document(text)));
        (tellings.collect(), teller.into_new())
    }

    #[tokio::test]
    async fn stories_outlive_the_seen_memory() {
        let dir = tempfile::TempDir::new().unwrap();
        let first = world(dir.path(), "seen").await;
        let posts = POSTS.map(str::to_owned);
        let (told, new) = tell(&first, &posts);
        assert_eq!(new.len(), POSTS.len());
        keep(&first, &new, Timestamp::UNIX_EPOCH).await;
        first.ledger.close().await;
        drop(first);

        // As if the folder had been set aside.
        let second = world(dir.path(), "fresh").await;
        assert_eq!(second.seen.fingerprints().len(), POSTS.len());
        let retold = POSTS.map(|post| format!("Theo mạng xã hội: {post} Chia sẻ ngay!"));
        let (again, new) = tell(&second, &retold);
        assert_eq!(again, told);
        // None of these texts begins that telling by itself.
        for (text, telling) in retold.iter().zip(&told) {
            assert_ne!(Telling::begun_by(&document(text)), *telling);
        }
        keep(&second, &new, Timestamp::UNIX_EPOCH).await;
    }

    #[tokio::test]
    async fn a_look_records_nothing() {
        let mut teller = Teller::new(None);
        let post = document(POSTS[0]);
        assert_eq!(teller.telling(&post), Telling::begun_by(&post));
        assert_eq!(teller.into_new(), []);
    }
}
