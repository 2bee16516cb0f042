//! AnswerBlock by mail: the links under a story, and the subject that comes back.
//!
//! A link opens a new mail whose subject carries the verdict, the alert's ID and a token. The
//! token is a keyed digest of receiver and alert, under a key that only this installation has:
//! who knows it was sent that alert. The mail must come from one of the receiver's addresses,
//! too; a sender can be forged, a token cannot.

use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use tokio_rustls::rustls::crypto::aws_lc_rs;

use super::Office;
use super::settings::Settings;
use crate::alert::Verdict;
use crate::message::{Message, say};

/// The file of the key, in the store's folder.
const FILE: &str = "answers.key";

/// Characters of a subject that are looked at.
const LONGEST_SUBJECT: usize = 1_000;

/// Crockford's base32: no i, l, o, u.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Characters of a token: 130 bits.
const TOKEN: usize = 26;

/// The secret by which this installation knows the answers to its own mails.
#[derive(Clone)]
pub struct AnswerKey(Arc<[u8; 32]>);

impl std::fmt::Debug for AnswerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AnswerKey")
    }
}

impl AnswerKey {
    /// A key of these bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Arc::new(bytes))
    }

    /// The key of a store's folder, made at the first time, readable by its owner only.
    ///
    /// # Errors
    /// When the folder cannot be read or written, or the system has no randomness.
    pub fn of_store(store: &Path) -> io::Result<Self> {
        let path = store.join(FILE);
        match Self::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            read => return read,
        }
        let mut bytes = [0; 32];
        aws_lc_rs::default_provider()
            .secure_random
            .fill(&mut bytes)
            .map_err(|_| io::Error::other("no randomness"))?;
        let fresh = Self::new(bytes).write(store)?;
        // Whoever was quicker has the key that counts.
        let linked = fs::hard_link(&fresh, &path);
        fs::remove_file(&fresh)?;
        match linked {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => Self::read(&path),
        }
    }

    /// Copies the key of a store's folder beside its backups in `dir`, readable by its owner
    /// only. A store without a key has none to copy.
    ///
    /// # Errors
    /// When the key cannot be read, or the disk refuses.
    pub fn back_up(store: &Path, dir: &Path) -> io::Result<()> {
        match Self::read(&store.join(FILE)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            key => {
                let fresh = key?.write(dir)?;
                fs::rename(fresh, dir.join(FILE))
            }
        }
    }

    /// Puts the key that lies beside the backups in `dir` back into a store's folder, since the
    /// mails that the backup knows bear its tokens. Another key that is there already is kept as
    /// `answers.replaced-<UTC time>.key`. Where `dir` has none, the store's stays.
    ///
    /// # Errors
    /// When the key cannot be read, or the disk refuses.
    pub fn restore(dir: &Path, store: &Path, now: Timestamp) -> io::Result<()> {
        let key = match Self::read(&dir.join(FILE)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            key => key?,
        };
        let path = store.join(FILE);
        match Self::read(&path) {
            Ok(there) if there.0 == key.0 => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            _ => {
                let aside = now.strftime("answers.replaced-%Y%m%dT%H%M%SZ.key");
                fs::rename(&path, store.join(aside.to_string()))?;
            }
        }
        fs::rename(key.write(store)?, path)
    }

    /// Writes the key into a file of `dir` that nobody looks at yet, and gives its path.
    fn write(&self, dir: &Path) -> io::Result<PathBuf> {
        let fresh = dir.join(format!(".{FILE}.{}", std::process::id()));
        let mut file = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(true)
            .mode(0o600)
            .open(&fresh)?;
        file.write_all(&*self.0)?;
        file.sync_all()?;
        Ok(fresh)
    }

    fn read(path: &Path) -> io::Result<Self> {
        let mut bytes = [0; 32];
        fs::File::open(path)?.read_exact(&mut bytes)?;
        Ok(Self::new(bytes))
    }

    /// The token of an alert's mails to a receiver.
    #[must_use]
    pub fn token(&self, receiver: &str, alert: &str) -> String {
        let digest = *self.digest(receiver, alert).as_bytes();
        let mut token = String::with_capacity(TOKEN);
        for at in 0..TOKEN {
            // Five bits from wherever they begin, of this byte and the next one.
            let (byte, bit) = (at * 5 / 8, at * 5 % 8);
            let pair = u16::from_be_bytes([digest[byte], digest[byte + 1]]);
            token.push(char::from(DIGITS[usize::from(pair >> (11 - bit) & 31)]));
        }
        token
    }

    /// Whether the token is the one of this alert's mails to this receiver. Takes as long for a
    /// wrong one, wherever it is wrong.
    #[must_use]
    pub fn knows(&self, receiver: &str, answer: &Answer) -> bool {
        // Both are digested, and digests are compared in constant time.
        let digest = |token: &str| blake3::keyed_hash(&self.0, token.as_bytes());
        digest(&self.token(receiver, &answer.alert)) == digest(&answer.token)
    }

    fn digest(&self, receiver: &str, alert: &str) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        for part in ["canhtin answer", receiver, alert] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        hasher.finalize()
    }
}

/// What the subject of an answer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The verdict.
    pub verdict: Verdict,
    /// The alert's id.
    pub alert: String,
    /// The token, unchecked.
    pub token: String,
}

impl Answer {
    /// Reads `… [canhtin VERDICT ID TOKEN] …`; `None` where it is not exactly that.
    #[must_use]
    pub fn of_subject(subject: &str) -> Option<Self> {
        let subject: String = subject.chars().take(LONGEST_SUBJECT).collect();
        let (_, rest) = subject.split_once("[canhtin ")?;
        let (inside, _) = rest.split_once(']')?;
        let mut words = inside.split_whitespace();
        let answer = Self {
            verdict: words.next()?.parse().ok()?,
            alert: word(words.next()?, 24)?,
            token: word(words.next()?, TOKEN).filter(|token| token.len() == TOKEN)?,
        };
        words.next().is_none().then_some(answer)
    }
}

/// A short word of ASCII letters and digits, in lower case.
fn word(text: &str, longest: usize) -> Option<String> {
    let fine = text.len() <= longest && text.chars().all(|c| c.is_ascii_alphanumeric());
    fine.then(|| text.to_ascii_lowercase())
}

/// One button under a story.
pub(super) struct AnswerLink {
    pub label: String,
    pub href: String,
    /// The same without the words to whoever sends it, since all of an address is seen in a
    /// mail's text part.
    pub short: String,
}

/// The buttons about one alert, named since the mail tells of several.
#[derive(Default)]
pub(super) struct AnswerBlock {
    pub title: String,
    pub links: Vec<AnswerLink>,
}

impl AnswerBlock {
    pub(super) fn about(settings: &Settings, receiver: &str, alert: &str, office: &Office) -> Self {
        let title = Message::new("mail-answer-title-of").with("id", alert);
        Self {
            title: title.say(office.lang),
            links: links(settings, receiver, alert, office),
        }
    }
}

/// The links by which a receiver answers a story, named by one of its alerts; none where no
/// answers are taken.
pub(super) fn links(
    settings: &Settings,
    receiver: &str,
    alert: &str,
    office: &Office,
) -> Vec<AnswerLink> {
    let Some((answers, key)) = settings
        .answers
        .as_ref()
        .and_then(|answers| Some((answers, answers.key.as_ref()?)))
    else {
        return Vec::new();
    };
    let to = &answers.address.to_string();
    let token = key.token(receiver, alert);
    let body = encoded(&say(office.lang, "mail-answer-body"));
    let link = |verdict: Verdict| {
        let subject = encoded(&format!("[canhtin {} {alert} {token}]", verdict.code()));
        let short = format!("mailto:{}?subject={subject}", encoded(to));
        AnswerLink {
            label: say(office.lang, verdict.word()),
            href: format!("{short}&body={body}"),
            short,
        }
    };
    Verdict::ALL.map(link).into()
}

/// Percent-encodes what may not stand in a part of a mailto address (RFC 6068 §2); `+` too, since
/// some programs take it for a space.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'@' => {
                encoded.push(char::from(byte));
            }
            byte => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_store_has_one_key_that_only_its_owner_reads() {
        let dir = tempfile::tempdir().unwrap();
        let key = AnswerKey::of_store(dir.path()).unwrap();
        let again = AnswerKey::of_store(dir.path()).unwrap();
        assert_eq!(key.0, again.0);
        let file = fs::metadata(dir.path().join(FILE)).unwrap();
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        let other = tempfile::tempdir().unwrap();
        assert_ne!(AnswerKey::of_store(other.path()).unwrap().0, key.0);
        assert!(!format!("{key:?}").contains(char::is_numeric));
        fs::write(other.path().join(FILE), "short").unwrap();
        assert!(AnswerKey::of_store(other.path()).is_err());
    }

    #[test]
    fn a_key_is_backed_up_and_put_back() {
        let [store, backups] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let (store, backups) = (store.path(), backups.path());
        AnswerKey::back_up(store, backups).unwrap();
        AnswerKey::restore(backups, store, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(fs::read_dir(store).unwrap().count(), 0);

        let key = AnswerKey::of_store(store).unwrap();
        for _ in 0..2 {
            AnswerKey::back_up(store, backups).unwrap();
        }
        let files: Vec<_> = fs::read_dir(backups).unwrap().collect();
        assert_eq!(files.len(), 1, "{files:?}");
        let file = fs::metadata(backups.join(FILE)).unwrap();
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
        AnswerKey::restore(backups, store, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(fs::read_dir(store).unwrap().count(), 1);

        // Lost and made anew: the one that the backup's mails were signed with comes back.
        fs::remove_file(store.join(FILE)).unwrap();
        let anew = AnswerKey::of_store(store).unwrap();
        AnswerKey::restore(backups, store, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(AnswerKey::of_store(store).unwrap().0, key.0);
        let aside = store.join("answers.replaced-19700101T000000Z.key");
        assert_eq!(AnswerKey::read(&aside).unwrap().0, anew.0);
    }

    #[test]
    fn a_token_belongs_to_one_receiver_and_one_alert() {
        let key = AnswerKey::new([7; 32]);
        let token = key.token("truc-ban", "8k3f9w2m1q0z");
        assert_eq!(token.len(), TOKEN);
        let answer = |alert: &str, token: &str| Answer {
            verdict: Verdict::False,
            alert: alert.to_owned(),
            token: token.to_owned(),
        };
        assert!(key.knows("truc-ban", &answer("8k3f9w2m1q0z", &token)));
        assert!(!key.knows("lanh-dao", &answer("8k3f9w2m1q0z", &token)));
        assert!(!key.knows("truc-ban", &answer("8k3f9w2m1q0y", &token)));
        assert!(!key.knows("truc-ban", &answer("8k3f9w2m1q0z", "")));
        let other = AnswerKey::new([8; 32]);
        assert!(!other.knows("truc-ban", &answer("8k3f9w2m1q0z", &token)));
    }

    #[test]
    fn a_subject_is_read_whatever_stands_around_it() {
        let token = "0123456789abcdefghjkmnpqrs";
        let good = format!("[canhtin tin-gia 8k3f9w2m1q0z {token}]");
        let answer = Answer::of_subject(&good).unwrap();
        assert_eq!(
            (answer.verdict, answer.alert.as_str(), answer.token.as_str()),
            (Verdict::False, "8k3f9w2m1q0z", token)
        );
        for around in [
            format!("Re: Fwd: {good}"),
            format!("{good} đã gọi trạm y tế"),
            good.to_uppercase().replace("[CANHTIN", "[canhtin"),
            good.replace(' ', "  ").replace("[canhtin  ", "[canhtin "),
        ] {
            assert_eq!(
                Answer::of_subject(&around),
                Some(answer.clone()),
                "{around}"
            );
        }
        for wrong in [
            String::new(),
            "Re: [Canh tin · CAO] Vắc xin gây vô sinh".to_owned(),
            good.replace("tin-gia", "tin-that"),
            good.replace(']', ""),
            good.replace(token, "abc"),
            good.replace(token, &format!("{token}0")),
            good.replace("8k3f9w2m1q0z", "8k3f9w2m1q0z' OR 1=1"),
            good.replace("8k3f9w2m1q0z", "8k3f9w2\u{202e}q0z"),
            good.replace(']', " tin-dung]"),
            format!("{}{good}", " ".repeat(LONGEST_SUBJECT)),
        ] {
            assert_eq!(Answer::of_subject(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn nothing_in_a_link_needs_escaping() {
        let office = super::super::tests::bundles::office(crate::message::Lang::Vi);
        let key = AnswerKey::new([7; 32]);
        let settings = super::super::tests::bundles::answered();
        let links = links(&settings, "truc", "8k3f", &office);
        assert_eq!(links.len(), 5);
        for link in &links {
            assert!(
                link.href
                    .starts_with("mailto:canhtin%2Btra-loi@deomay.example?subject=")
            );
            assert!(link.href.is_ascii() && !link.href.contains(['"', '<', ' ', '+']));
            let subject = link.href.split(['=', '&']).nth(1).unwrap();
            let subject = subject
                .replace("%20", " ")
                .replace("%5B", "[")
                .replace("%5D", "]");
            let answer = Answer::of_subject(&subject).unwrap();
            assert!(key.knows("truc", &answer));
        }
    }
}
