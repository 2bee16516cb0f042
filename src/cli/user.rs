//! Who is at the keyboard, for the audit trail.

use std::os::unix::fs::MetadataExt;

/// The name of the user that runs this process; where `sudo` was used, who used it, too. Read
/// from the process itself, since `$USER` says whatever one likes.
pub(super) fn name() -> String {
    let uid = std::fs::metadata("/proc/self").map(|process| process.uid());
    let name = uid.map_or_else(|_| "?".to_owned(), name_or_number);
    match std::env::var("SUDO_USER") {
        Ok(behind) if is_name(&behind) && behind != name => format!("{name} (sudo: {behind})"),
        _ => name,
    }
}

/// The name of a user; where the system has none for it, `uid` and the number.
pub(super) fn name_or_number(uid: u32) -> String {
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    name_of(uid, &users).unwrap_or_else(|| format!("uid {uid}"))
}

/// The name of a user in the form of passwd(5).
fn name_of(uid: u32, users: &str) -> Option<String> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        let found = fields.nth(1)?.parse() == Ok(uid);
        (found && is_name(name)).then(|| name.to_owned())
    })
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 64
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_the_name_of_its_number() {
        let users = "root:x:0:0:root:/root:/bin/sh\nlan:x:1000:1000:Lan,,,:/home/lan:/bin/bash\n";
        assert_eq!(name_of(1000, users).as_deref(), Some("lan"));
        assert_eq!(name_of(0, users).as_deref(), Some("root"));
        assert_eq!(name_of(100, users), None);
        assert_eq!(name_of(5, "a b:x:5:5:::"), None);
        assert!(!name().is_empty());
    }
}
