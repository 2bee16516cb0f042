//! Cases of RFC 9309 and of the tests that Google publishes beside its own parser, written anew:
//! `(case, robots.txt, agent, path and query, allowed)`. The addresses are on one host, since a
//! file speaks for its own origin only.

use url::Url;

use super::{MOST_BYTES, Rules};

type Row = (&'static str, &'static str, &'static str, &'static str, bool);

/// Lines and keys (RFC 9309 §2.2).
#[rustfmt::skip]
const LINES: &[Row] = &[
    ("an empty file allows all", "", "coc", "/x", true),
    ("a comment alone allows all", "# chỉ là ghi chú\n", "coc", "/x", true),
    ("plain words are no rule", "Trang này không có luật.\n", "coc", "/x", true),
    ("a page of HTML is no rule", "<!doctype html>\n<title>404</title>\n<p>Disallow: /\n", "coc", "/x", true),
    ("a whole group", "user-agent: coc\ndisallow: /\n", "coc", "/a/b", false),
    ("unknown keys are no group", "ten: coc\ncam: /\n", "coc", "/a/b", true),
    ("a key without its colon", "user-agent coc\ndisallow /\n", "coc", "/a/b", false),
    ("keys in capitals", "USER-AGENT: coc\nALLOW: /a/\nDISALLOW: /\n", "coc", "/a/b", true),
    ("keys in capitals, the rest", "USER-AGENT: coc\nALLOW: /a/\nDISALLOW: /\n", "coc", "/b", false),
    ("keys in any case", "uSeR-aGeNt: coc\nAlLoW: /a/\ndIsAlLoW: /\n", "coc", "/a/b", true),
    ("keys in any case, the rest", "uSeR-aGeNt: coc\nAlLoW: /a/\ndIsAlLoW: /\n", "coc", "/b", false),
    ("spaces around the colon", "user-agent \t:\t coc\ndisallow\t : /a\n", "coc", "/a", false),
    ("spaces before the key", "  user-agent: coc\n\t disallow: /a\n", "coc", "/a", false),
    ("spaces after the value", "user-agent: coc   \ndisallow: /a \t \n", "coc", "/a", false),
    ("no space after the colon", "user-agent:coc\ndisallow:/a\n", "coc", "/a", false),
    ("a comment after the value", "user-agent: coc # chúng tôi\ndisallow: /a # kín\n", "coc", "/a", false),
    ("a comment is not part of the path", "user-agent: coc\ndisallow: /a#b\n", "coc", "/ab", false),
    ("a commented rule is none", "user-agent: coc\n#disallow: /a\n", "coc", "/a", true),
    ("typo useragent", "useragent: coc\ndisallow: /\n", "coc", "/a", false),
    ("typo user agent", "user agent: coc\ndisallow: /\n", "coc", "/a", false),
    ("typo dissallow", "user-agent: coc\ndissallow: /\n", "coc", "/a", false),
    ("typo dissalow", "user-agent: coc\ndissalow: /\n", "coc", "/a", false),
    ("typo disalow", "user-agent: coc\ndisalow: /\n", "coc", "/a", false),
    ("typo diasllow", "user-agent: coc\ndiasllow: /\n", "coc", "/a", false),
    ("typo disallaw", "user-agent: coc\ndisallaw: /\n", "coc", "/a", false),
    ("longer keys are other keys", "user-agents: coc\ndisallow: /\n", "coc", "/a", true),
    ("lines end with CR LF", "user-agent: coc\r\ndisallow: /a\r\nallow: /a/b\r\n", "coc", "/a/c", false),
    ("lines end with CR", "user-agent: coc\rdisallow: /a\rallow: /a/b\r", "coc", "/a/c", false),
    ("lines end with LF", "user-agent: coc\ndisallow: /a\nallow: /a/b\n", "coc", "/a/b", true),
    ("lines end in all ways", "user-agent: coc\r\ndisallow: /a\rallow: /a/b\ndisallow: /a/b/c", "coc", "/a/b/c", false),
    ("the last line needs no end", "user-agent: coc\ndisallow: /a", "coc", "/a", false),
    ("empty lines part nothing", "user-agent: coc\n\n\ndisallow: /a\n\ndisallow: /b\n", "coc", "/b", false),
    ("a byte order mark", "\u{feff}user-agent: coc\ndisallow: /a\n", "coc", "/a", false),
    ("a mark on a later line hides that line", "user-agent: coc\n\u{feff}disallow: /a\ndisallow: /b\n", "coc", "/a", true),
    ("a NUL ends a line", "user-agent: coc\0disallow: /a\0", "coc", "/a", false),
    ("an empty rule forbids nothing", "user-agent: coc\ndisallow:\n", "coc", "/a", true),
    ("an empty rule allows nothing", "user-agent: coc\nallow:\ndisallow: /\n", "coc", "/a", false),
];

/// Groups and agents (RFC 9309 §2.2.1).
#[rustfmt::skip]
const GROUPS: &[Row] = &[
    ("a rule before any agent is nobody's", "disallow: /\nuser-agent: coc\nallow: /\n", "coc", "/a", true),
    ("a rule without an agent is nobody's", "disallow: /\n", "coc", "/a", true),
    ("another's group", "user-agent: muoi\ndisallow: /\n", "coc", "/a", true),
    ("one's own of three, first", THREE, "mot", "/a", true),
    ("one's own of three, second agent of the first", THREE, "hai", "/a", true),
    ("one's own of three, first agent's rest", THREE, "mot", "/z", false),
    ("one's own of three, second", THREE, "ba", "/b", true),
    ("one's own of three, second's rest", THREE, "ba", "/a", false),
    ("one's own of three, third", THREE, "bon", "/a", false),
    ("one's own of three, nobody's", THREE, "nam", "/z", true),
    ("groups of one agent are one, first rule", TWICE, "coc", "/a/1", false),
    ("groups of one agent are one, second rule", TWICE, "coc", "/b/1", false),
    ("groups of one agent are one, the rest", TWICE, "coc", "/c", true),
    ("groups of one agent are one, the other's", TWICE, "muoi", "/a/1", true),
    ("an agent in several cases is one", "user-agent: COC\ndisallow: /a\nuser-agent: Coc\ndisallow: /b\n", "coc", "/b", false),
    ("agents in small letters", "user-agent: coc\ndisallow: /\n", "COC", "/a", false),
    ("agents in capitals", "user-agent: COC\ndisallow: /\n", "coc", "/a", false),
    ("agents in any case", "user-agent: CoC\ndisallow: /\n", "cOc", "/a", false),
    ("everybody's group", "user-agent: *\ndisallow: /\n", "coc", "/a", false),
    ("one's own group before everybody's", OWN, "coc", "/a", true),
    ("one's own group before everybody's, another", OWN, "muoi", "/a", false),
    ("one's own group, though it comes later", "user-agent: *\ndisallow: /\nuser-agent: coc\nallow: /\n", "coc", "/a", true),
    ("one's own empty group opens all", "user-agent: *\ndisallow: /\nuser-agent: coc\n", "coc", "/a", true),
    ("one's own group does not add to everybody's", "user-agent: *\ndisallow: /a\nuser-agent: coc\ndisallow: /b\n", "coc", "/a", true),
    ("everybody's groups are one", "user-agent: *\ndisallow: /a\nuser-agent: muoi\ndisallow: /\nuser-agent: *\ndisallow: /b\n", "coc", "/b", false),
    ("an agent beside everybody", "user-agent: *\nuser-agent: coc\ndisallow: /a\n", "coc", "/a", false),
    ("the star with more behind it is everybody", "user-agent: * moi nguoi\ndisallow: /\n", "coc", "/a", false),
    ("a star inside a name is no wildcard", "user-agent: co*\ndisallow: /\n", "coc", "/a", true),
    ("a longer name is another's", "user-agent: coc-anh\ndisallow: /\n", "coc", "/a", true),
    ("a shorter name is another's", "user-agent: co\ndisallow: /\n", "coc", "/a", true),
    ("a name up to its version", "user-agent: coc/1.2 (+https://coc.example)\ndisallow: /\n", "coc", "/a", false),
    ("a name up to the first space", "user-agent: coc la chung toi\ndisallow: /\n", "coc", "/a", false),
    ("an empty name is nobody's", "user-agent:\ndisallow: /\n", "coc", "/a", true),
    ("a site map parts no agents", "user-agent: muoi\nsitemap: https://a.example/s.xml\nuser-agent: coc\ndisallow: /\n", "muoi", "/a", false),
    ("a site map parts no agents, second", "user-agent: muoi\nsitemap: https://a.example/s.xml\nuser-agent: *\ndisallow: /\n", "coc", "/a", false),
    ("an unknown key parts no agents", "user-agent: muoi\nla-gi: x\nuser-agent: *\ndisallow: /\n", "muoi", "/a", false),
    ("an unknown key ends no group", "user-agent: coc\ndisallow: /a\nla-gi: x\ndisallow: /b\n", "coc", "/b", false),
    ("a site map ends no group", "user-agent: coc\ndisallow: /a\nsitemap: https://a.example/s.xml\ndisallow: /b\n", "coc", "/b", false),
];

const THREE: &str = "allow: /truoc\n\
    user-agent: mot\nuser-agent: hai\nallow: /a\ndisallow: /\n\n\
    user-agent: ba\ndisallow: /\nallow: /b\n\n\
    user-agent: bon\ndisallow: /\n";
const TWICE: &str = "user-agent: coc\ndisallow: /a/\n\nuser-agent: muoi\ndisallow: /b/\n\n\
    user-agent: coc\ndisallow: /b/\n";
const OWN: &str = "user-agent: coc\nallow: /\nuser-agent: *\ndisallow: /\n";

/// Which rule wins (RFC 9309 §2.2.2).
#[rustfmt::skip]
const LONGEST: &[Row] = &[
    ("paths are told apart by case", "user-agent: coc\ndisallow: /X/\n", "coc", "/x/y", true),
    ("paths are told apart by case, the same", "user-agent: coc\ndisallow: /x/\n", "coc", "/x/y", false),
    ("the longer one forbids", "user-agent: coc\nallow: /x/\ndisallow: /x/trang.html\n", "coc", "/x/trang.html", false),
    ("the longer one allows", "user-agent: coc\nallow: /x/trang.html\ndisallow: /x/\n", "coc", "/x/trang.html", true),
    ("the longer one allows that page alone", "user-agent: coc\nallow: /x/trang.html\ndisallow: /x/\n", "coc", "/x/trang.htm", false),
    ("the order says nothing", "user-agent: coc\ndisallow: /x/\nallow: /x/trang.html\n", "coc", "/x/trang.html", true),
    ("equal lengths allow", "user-agent: coc\ndisallow: /a\nallow: /a\n", "coc", "/a", true),
    ("equal lengths allow, other order", "user-agent: coc\nallow: /a\ndisallow: /a\n", "coc", "/ab", true),
    ("two empty rules allow", "user-agent: coc\ndisallow:\nallow:\n", "coc", "/a", true),
    ("all and all allow", "user-agent: coc\ndisallow: /\nallow: /\n", "coc", "/a", true),
    ("a folder without its slash", "user-agent: coc\ndisallow: /x\nallow: /x/\n", "coc", "/x", false),
    ("a folder with its slash", "user-agent: coc\ndisallow: /x\nallow: /x/\n", "coc", "/x/", true),
    ("a longer pattern by its star", "user-agent: coc\ndisallow: /*.html\nallow: /x/\n", "coc", "/x/a.html", false),
    ("a longer path than its star", "user-agent: coc\nallow: /tran\ndisallow: /*.htm\n", "coc", "/trang.htm", false),
    ("a path as long as its star", "user-agent: coc\nallow: /tra\ndisallow: /*.h\n", "coc", "/tra.h", true),
    ("the root alone", "user-agent: coc\nallow: /$\ndisallow: /\n", "coc", "/", true),
    ("the root alone, the rest", "user-agent: coc\nallow: /$\ndisallow: /\n", "coc", "/a.htm", false),
    ("a page beside its folder", "user-agent: coc\nallow: /p\ndisallow: /\n", "coc", "/page", true),
    ("a folder against a page", "user-agent: coc\nallow: /folder\ndisallow: /folder\n", "coc", "/folder/page", true),
    ("a page against its kind", "user-agent: coc\nallow: /page\ndisallow: /*.htm\n", "coc", "/page.htm", false),
    ("a page against its longer kind", "user-agent: coc\nallow: /page\ndisallow: /*.ph\n", "coc", "/page.php5", true),
    ("the file itself is always open", "user-agent: *\ndisallow: /\n", "coc", "/robots.txt", true),
    ("no other file is", "user-agent: *\ndisallow: /\n", "coc", "/robots.txt.bak", false),
];

/// `*` and `$` (RFC 9309 §2.2.3).
#[rustfmt::skip]
const SPECIAL: &[Row] = &[
    ("a star stands for anything", "user-agent: coc\ndisallow: /x/*/y\n", "coc", "/x/abc/y", false),
    ("a star stands for nothing", "user-agent: coc\ndisallow: /x*y\n", "coc", "/xy", false),
    ("a star crosses slashes", "user-agent: coc\ndisallow: /x/*/y\n", "coc", "/x/a/b/c/y/z", false),
    ("a star does not skip its end", "user-agent: coc\ndisallow: /x/*/y\n", "coc", "/x/abc/z", true),
    ("several stars", "user-agent: coc\ndisallow: /*/b*/c\n", "coc", "/a/bb/c", false),
    ("several stars, not all", "user-agent: coc\ndisallow: /*/b*/c\n", "coc", "/a/b/d", true),
    ("stars in a row are one", "user-agent: coc\ndisallow: /a***b\n", "coc", "/axb", false),
    ("a star at the end says nothing", "user-agent: coc\ndisallow: /x*\n", "coc", "/xyz", false),
    ("a star at the beginning", "user-agent: coc\ndisallow: *.php\n", "coc", "/a/b.php", false),
    ("a star alone", "user-agent: coc\ndisallow: *\n", "coc", "/a", false),
    ("a star and an end", "user-agent: coc\ndisallow: /*.php$\n", "coc", "/a.php", false),
    ("a star and an end, more behind", "user-agent: coc\ndisallow: /*.php$\n", "coc", "/a.php?b", true),
    ("a star and an end, a slash behind", "user-agent: coc\ndisallow: /*.php$\n", "coc", "/a.php/", true),
    ("a star and an end, the last counts", "user-agent: coc\ndisallow: /*.php$\n", "coc", "/a.php/b.php", false),
    ("an end", "user-agent: coc\ndisallow: /a$\n", "coc", "/a", false),
    ("an end, a longer one", "user-agent: coc\ndisallow: /a$\n", "coc", "/ab", true),
    ("an end, a query", "user-agent: coc\ndisallow: /a$\n", "coc", "/a?b", true),
    ("an end in the middle is a letter", "user-agent: coc\ndisallow: /a$b\n", "coc", "/a$b", false),
    ("an end in the middle ends nothing", "user-agent: coc\ndisallow: /a$b\n", "coc", "/a", true),
    ("two ends are a letter and an end", "user-agent: coc\ndisallow: /a$$\n", "coc", "/a$", false),
    ("a star that is meant as such", "user-agent: coc\ndisallow: /tep-%2A.html\n", "coc", "/tep-*.html", false),
    ("a star that is meant as such is no wildcard", "user-agent: coc\ndisallow: /tep-%2A.html\n", "coc", "/tep-abc.html", true),
    ("an end that is meant as such", "user-agent: coc\ndisallow: /gia-%24\n", "coc", "/gia-$5", false),
    ("an end that is meant as such, small", "user-agent: coc\nallow: /a%24$\ndisallow: /a\n", "coc", "/a$", true),
    ("a question mark is a letter", "user-agent: coc\ndisallow: /a?b\n", "coc", "/aXb", true),
    ("a dot is a letter", "user-agent: coc\ndisallow: /a.b\n", "coc", "/aXb", true),
    ("brackets are letters", "user-agent: coc\ndisallow: /[a-z]\n", "coc", "/b", true),
];

/// Escapes and other scripts (RFC 9309 §2.2.2).
#[rustfmt::skip]
const ESCAPES: &[Row] = &[
    ("a query is part of the path", "user-agent: coc\ndisallow: /\nallow: /a/b?q=1&u=http://x.example?y\n", "coc", "/a/b?q=1&u=http://x.example?y", true),
    ("a query by its name", "user-agent: coc\ndisallow: /*?phien=\n", "coc", "/tin?phien=12", false),
    ("a query by another name", "user-agent: coc\ndisallow: /*?phien=\n", "coc", "/tin?trang=2", true),
    ("a query after a folder", "user-agent: coc\ndisallow: /tim\n", "coc", "/tim?q=x", false),
    ("other scripts as they are", "user-agent: coc\ndisallow: /\nallow: /tin/dịch\n", "coc", "/tin/dịch", true),
    ("other scripts escaped in the address", "user-agent: coc\ndisallow: /\nallow: /tin/dịch\n", "coc", "/tin/d%E1%BB%8Bch", true),
    ("other scripts escaped in the file", "user-agent: coc\ndisallow: /\nallow: /tin/d%E1%BB%8Bch\n", "coc", "/tin/dịch", true),
    ("escapes in small letters", "user-agent: coc\ndisallow: /\nallow: /tin/d%e1%bb%8bch\n", "coc", "/tin/dịch", true),
    ("other scripts, another letter", "user-agent: coc\ndisallow: /\nallow: /tin/dịch\n", "coc", "/tin/dich", false),
    ("letters escaped for no reason, in the file", "user-agent: coc\ndisallow: /a/%62%61%7A\n", "coc", "/a/baz", false),
    ("letters escaped for no reason, in the address", "user-agent: coc\ndisallow: /a/baz\n", "coc", "/a/%62%61%7A", false),
    ("an escaped tilde is a tilde", "user-agent: coc\ndisallow: /%7Enha/\n", "coc", "/~nha/a", false),
    ("a tilde is an escaped tilde", "user-agent: coc\ndisallow: /~nha/\n", "coc", "/%7Enha/a", false),
    ("an escaped slash is no slash", "user-agent: coc\ndisallow: /a%2Fb\n", "coc", "/a/b", true),
    ("an escaped slash is itself", "user-agent: coc\ndisallow: /a%2fb\n", "coc", "/a%2Fb", false),
    ("an escaped question mark is none", "user-agent: coc\ndisallow: /a?b\n", "coc", "/a%3Fb", true),
    ("a space", "user-agent: coc\ndisallow: /a b\n", "coc", "/a%20b", false),
    ("half an escape is text", "user-agent: coc\ndisallow: /a%2\n", "coc", "/a%2", false),
    ("a per cent alone is text", "user-agent: coc\ndisallow: /100%\n", "coc", "/100%", false),
    ("what stands behind # is not asked", "user-agent: coc\ndisallow: /a\n", "coc", "/b#/a", true),
    ("a semicolon is part of the path", "user-agent: coc\ndisallow: /a;b\n", "coc", "/a;b=1", false),
    ("slashes are not joined", "user-agent: coc\ndisallow: /a//b\n", "coc", "/a/b", true),
    ("an escaped hash in the file", "user-agent: coc\ndisallow: /a%23b\n", "coc", "/a%23b", false),
];

/// What Google's documentation shows, and the page of a folder.
#[rustfmt::skip]
const SHOWN: &[Row] = &[
    ("fish, itself", FISH, "coc", "/ca", false),
    ("fish, a page", FISH, "coc", "/ca.html", false),
    ("fish, a page in it", FISH, "coc", "/ca/hoi.html", false),
    ("fish, more of the word", FISH, "coc", "/canuoc", false),
    ("fish, a query", FISH, "coc", "/ca.php?id=x", false),
    ("fish, another case", FISH, "coc", "/Ca.asp", true),
    ("fish, another place", FISH, "coc", "/x/ca", true),
    ("fish, another word", FISH, "coc", "/meo?id=ca", true),
    ("a star behind fish changes nothing", "user-agent: coc\ndisallow: /ca*\n", "coc", "/ca.html", false),
    ("a star behind fish, another place", "user-agent: coc\ndisallow: /ca*\n", "coc", "/meo?id=ca", true),
    ("a folder fish, a page in it", "user-agent: coc\ndisallow: /ca/\n", "coc", "/ca/hoi.htm", false),
    ("a folder fish, a query", "user-agent: coc\ndisallow: /ca/\n", "coc", "/ca/?id=x", false),
    ("a folder fish, not itself", "user-agent: coc\ndisallow: /ca/\n", "coc", "/ca", true),
    ("a folder fish, not a page", "user-agent: coc\ndisallow: /ca/\n", "coc", "/ca.html", true),
    ("a kind, at the top", "user-agent: coc\ndisallow: /*.php\n", "coc", "/index.php", false),
    ("a kind, in a folder", "user-agent: coc\ndisallow: /*.php\n", "coc", "/x/tep.php?ten=so", false),
    ("a kind, in the middle", "user-agent: coc\ndisallow: /*.php\n", "coc", "/x/tep.php.html", false),
    ("a kind, another case", "user-agent: coc\ndisallow: /*.php\n", "coc", "/x.PHP", true),
    ("a kind behind fish", "user-agent: coc\ndisallow: /ca*.php\n", "coc", "/cahoi/bien.php?x", false),
    ("a kind behind fish, another case", "user-agent: coc\ndisallow: /ca*.php\n", "coc", "/Ca.PHP", true),
    ("a folder by its page", INDEX, "coc", "/mo/", true),
    ("a folder by its page, the page", INDEX, "coc", "/mo/index.html", true),
    ("a folder by its page, another", INDEX, "coc", "/mo/khac.html", false),
    ("a folder by its page, another folder", INDEX, "coc", "/dong/", false),
    ("a folder by its short page", "user-agent: coc\nallow: /mo/index.htm\ndisallow: /\n", "coc", "/mo/", true),
    ("a forbidden page does not forbid its folder", "user-agent: coc\ndisallow: /mo/index.html\n", "coc", "/mo/", true),
];

const FISH: &str = "user-agent: coc\ndisallow: /ca\n";
const INDEX: &str = "user-agent: coc\nallow: /mo/index.html\ndisallow: /\n";

#[test]
fn bytes_that_are_no_text() {
    let line = |bytes: &[u8]| [bytes, b"user-agent: coc\ndisallow: /a\n"].concat();
    let url: Url = "https://trang.example/a".parse().unwrap();
    for (case, file, allowed) in [
        ("a whole mark", line(b"\xef\xbb\xbf"), false),
        ("two bytes of a mark", line(b"\xef\xbb"), false),
        ("one byte of a mark", line(b"\xef"), false),
        (
            "a broken mark hides the first line",
            line(b"\xef\x11\xbf"),
            true,
        ),
        (
            "another's mark hides the first line",
            line(b"\xff\xfe"),
            true,
        ),
        (
            "bytes of no script",
            b"user-agent: coc\ndisallow: /\xff\xfe\ndisallow: /a".to_vec(),
            false,
        ),
    ] {
        let forbidden = Rules::read(&file, "coc").forbid(&url);
        assert_eq!(forbidden.is_none(), allowed, "{case}: {forbidden:?}");
    }
}

#[test]
fn long_lines_and_long_files() {
    let at = |path: &str| -> Url { format!("https://trang.example{path}").parse().unwrap() };
    // A line is read up to 16,664 bytes, and the rule holds as far as it was read.
    let line = format!("disallow: /x/{}", "a".repeat(17_000));
    let cut = &line["disallow: ".len()..16_664];
    let rules = Rules::read(format!("user-agent: coc\n{line}/b\n").as_bytes(), "coc");
    assert!(rules.forbid(&at("/y")).is_none());
    assert!(rules.forbid(&at(&format!("{cut}/y"))).is_some());
    assert!(rules.forbid(&at(&cut[..cut.len() - 1])).is_none());
    // A file is read up to 500 KiB, whole lines only.
    let mut file = b"user-agent: coc\ndisallow: /a\n#".to_vec();
    file.resize(MOST_BYTES - 2, b'x');
    file.extend_from_slice(b"\ndisallow: /b\n");
    let rules = Rules::read(&file, "coc");
    assert!(rules.forbid(&at("/a")).is_some());
    assert!(rules.forbid(&at("/b")).is_none());
}

#[test]
fn the_published_cases() {
    let mut wrong = Vec::new();
    let rows = [LINES, GROUPS, LONGEST, SPECIAL, ESCAPES, SHOWN].concat();
    for (case, file, agent, path, allowed) in &rows {
        let url: Url = format!("https://trang.example{path}").parse().unwrap();
        let rules = Rules::read(file.as_bytes(), agent);
        // The form in which rules are kept decides alike.
        let kept = Rules::read(rules.text().as_bytes(), agent);
        for (how, rules) in [("read", rules), ("kept", kept)] {
            let forbidden = rules.forbid(&url);
            if forbidden.is_none() != *allowed {
                wrong.push(format!("{case} ({how}): {forbidden:?}"));
            }
        }
    }
    println!(
        "{} of {} cases passed",
        rows.len() - wrong.len(),
        rows.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(rows.len() >= 140, "only {} cases", rows.len());
}
