//! From an offset in a value to the offset in the file that holds it.

use std::ops::Range;

/// For each byte of a TOML string's value, and its end, the byte of the file it was written at.
#[derive(Debug)]
pub(super) struct Offsets(Vec<usize>);

impl Offsets {
    /// `span` is the string in `file`, quotes included; `value` is what it means.
    pub(super) fn of_string(file: &str, span: &Range<usize>, value: &str) -> Self {
        let raw = file.get(span.clone()).unwrap_or_default();
        walk(raw, value).map_or_else(
            // Not understood: every place in it is the whole of it.
            || Self(vec![span.start; value.len() + 1]),
            |offsets| Self(offsets.into_iter().map(|at| at + span.start).collect()),
        )
    }

    /// The file's byte range of a range of the value.
    pub(super) fn place(&self, span: &Range<usize>) -> Range<usize> {
        let at = |offset: usize| self.0.get(offset).or(self.0.last()).copied().unwrap_or(0);
        let start = at(span.start);
        // The end of a range is one behind its last byte: an escape may stand there.
        let end = if span.end > span.start {
            at(span.end - 1) + 1
        } else {
            start
        };
        start..end.max(start)
    }
}

fn walk(raw: &str, value: &str) -> Option<Vec<usize>> {
    let (open, escapes) = ["'''", "\"\"\"", "'", "\""]
        .into_iter()
        .find(|quote| raw.starts_with(quote))
        .map(|quote| (quote, quote.starts_with('"')))?;
    let mut at = open.len();
    if open.len() == 3 {
        // A line break right behind the opening quotes is not part of the value.
        let rest = &raw[at..];
        at += if rest.starts_with("\r\n") {
            2
        } else {
            usize::from(rest.starts_with('\n'))
        };
    }
    let mut offsets = Vec::with_capacity(value.len() + 1);
    for c in value.chars() {
        let mut rest = raw.get(at..)?;
        // `\` at a line's end swallows all white space up to the next word.
        while escapes
            && rest.starts_with('\\')
            && rest[1..]
                .trim_start_matches([' ', '\t', '\r'])
                .starts_with('\n')
        {
            let after = rest[1..].trim_start();
            at += rest.len() - after.len();
            rest = after;
        }
        let len = if escapes && rest.starts_with('\\') {
            match rest.as_bytes().get(1)? {
                b'u' => 6,
                b'U' => 10,
                b'x' => 4,
                _ => 2,
            }
        } else if c == '\n' && rest.starts_with("\r\n") {
            2
        } else {
            rest.starts_with(c).then_some(c.len_utf8())?
        };
        offsets.extend((0..c.len_utf8()).map(|byte| at + byte.min(len - 1)));
        at += len;
    }
    offsets.push(at);
    Some(offsets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_point_at_the_letters_in_the_file() {
        for (raw, value, needle) in [
            ("'vắc xin AND x'", "vắc xin AND x", "AND"),
            ("\"vắc xin AND x\"", "vắc xin AND x", "AND"),
            ("\"\\\"vắc\\\" AND x\"", "\"vắc\" AND x", "AND"),
            ("\"v\\u1EAFc AND x\"", "vắc AND x", "AND"),
            ("'''\nvắc\nAND x'''", "vắc\nAND x", "AND"),
            ("\"\"\"\r\nvắc \\\r\n   AND x\"\"\"", "vắc AND x", "AND"),
            ("\"\"\"vắc\r\nAND x\"\"\"", "vắc\nAND x", "AND"),
        ] {
            let file = format!("match = {raw}\n");
            let span = 8..8 + raw.len();
            let at = value.find(needle).unwrap();
            let offsets = Offsets::of_string(&file, &span, value);
            let place = offsets.place(&(at..at + needle.len()));
            assert_eq!(&file[place], needle, "{raw}");
        }
    }

    #[test]
    fn a_string_that_is_not_understood_is_shown_whole() {
        let offsets = Offsets::of_string("x = nothing", &(4..11), "abc");
        assert_eq!(offsets.place(&(1..2)).start, 4);
    }
}
