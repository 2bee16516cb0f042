use super::*;
use crate::text::{syllables, unmarked};

mod corpus;

/// A post as people pass it on; of our own writing.
const POST: &str = "Bà con xã mình chú ý giúp tôi nhé. Chị hàng xóm làm ở trạm y tế vừa kể rằng đợt \
    tiêm tuần tới toàn là lô hàng gần hết hạn, nước ngoài họ bỏ đi nên mới chuyển về vùng cao. Ai \
    tiêm rồi thì sau hai năm không thể có con, đàn ông đàn bà đều bị như nhau. Mọi người đừng đưa \
    trẻ con ra tiêm, cứ khai là cháu đang ốm. Chia sẻ cho cả nhà cùng biết trước khi bị xóa bài.";

/// The same claim in other words.
const REWORDED: &str = "Nghe đâu vắc xin đưa lên huyện sắp quá đát, thuộc loại người ta không dùng \
    nữa. Tiêm vào rồi khoảng dăm ba năm là vô sinh cả làng. Nhà nào có cháu nhỏ nên tìm cách hoãn \
    lại, bảo ốm cũng được. Nhớ gửi tiếp cho anh em họ hàng kẻo muộn.";

/// Another post on the same subject.
const OTHER: &str = "Lịch tiêm chủng tháng này của trạm y tế xã: sáng thứ ba dành cho trẻ dưới một \
    tuổi, chiều thứ năm dành cho phụ nữ có thai. Bà con mang theo sổ tiêm, cho trẻ ăn no trước khi \
    đến, ở lại ba mươi phút để theo dõi sau tiêm. Ai cần hỏi thêm xin gọi cho trạm trong giờ hành \
    chính.";

const HEADER: &str = "Trang tin Nà Phặc Online\nTrang chủ  Thời sự  Đời sống  Sức khỏe  Giải trí\n\
    Thứ Ba, ngày 24 tháng 11\n\n";

const FOOTER: &str = "\n\nXem thêm: Giá lợn hơi hôm nay. Thời tiết ba ngày tới có mưa rào. Chợ phiên \
    đông trở lại.\nBạn đọc gửi bài về hòm thư tòa soạn. Ghi rõ nguồn khi phát lại thông tin.";

fn document(title: &str, text: &str) -> Document {
    Document {
        id: "1".to_owned(),
        url: None,
        title: title.to_owned(),
        text: text.to_owned(),
        published: None,
    }
}

/// A memory that has seen nothing yet.
struct Memory {
    seen: crate::seen::Seen,
    _dir: tempfile::TempDir,
}

impl Memory {
    fn new() -> Self {
        let dir = tempfile::TempDir::new().unwrap();
        let deadline = std::time::Duration::from_secs(60);
        let now = jiff::Timestamp::UNIX_EPOCH;
        let opened = crate::seen::Seen::open(&dir.path().join("seen"), deadline, now).unwrap();
        let seen = opened.seen;
        Self { seen, _dir: dir }
    }

    fn identify(&self, title: &str, text: &str) -> Identified {
        identify(&document(title, text), &mut self.seen.fingerprints()).unwrap()
    }

    fn telling(&self, title: &str, text: &str) -> Telling {
        self.identify(title, text).telling
    }
}

/// The first part of a text, in percent of its syllables.
fn cut(text: &str, percent: usize) -> &str {
    let all: Vec<_> = syllables(text).collect();
    &text[..all[all.len() * percent / 100].range.start]
}

#[test]
fn a_copy_in_other_dress_is_the_same_telling() {
    let memory = Memory::new();
    let told = memory.telling("Vắc xin gây vô sinh", "Nghe nói đã có 3 ca.\n\nThật!");
    let copies = [
        ("VẮC-XIN GÂY VÔ SINH!!!", "nghe nói đã có 3 ca. Thật"),
        ("vac xin gay vo sinh", "Nghe noi da co 3 ca\nthat"),
        (
            "Vắcxin gây vô sinh",
            "Nghe nói: \u{201c}đã có 3 ca\u{201d}. Thật…",
        ),
        (
            "Va\u{302}\u{301}c xin ga\u{302}y vo\u{302} sinh",
            "Nghe no\u{301}i đa\u{303} co\u{301} 3 ca, tha\u{323}\u{302}t",
        ),
    ];
    for (title, text) in copies {
        assert_eq!(memory.telling(title, text), told, "{title}");
    }
}

#[test]
fn a_short_post_is_only_like_its_copies() {
    let memory = Memory::new();
    let told = memory.telling("", "Vắc xin gây vô sinh, có 3 ca rồi.");
    assert_eq!(memory.telling("", "vac xin gay vo sinh co 3 ca roi"), told);
    for text in [
        "Vắc xin gây vô sinh, có 4 ca rồi.",
        "Vắc xin không gây vô sinh, có 3 ca rồi.",
        "Vắc xin gây vô sinh",
        "",
    ] {
        assert_ne!(memory.telling("", text), told, "{text}");
    }
    assert!(memory.seen.fingerprints().is_empty(), "not worth a place");
}

#[test]
fn whatever_is_done_to_a_post_it_is_the_same_telling() {
    let dotted = POST.replace("đừng đưa", "đ.ừng đ.ưa");
    let changed = POST
        .replace("hàng xóm", "bên cạnh")
        .replace("tuần tới", "sắp tới")
        .replace("hai năm", "ba năm")
        .replace("Chia sẻ", "Gửi ngay");
    let edits = [
        ("a source", format!("Theo mạng xã hội: {POST}")),
        ("a title of its own", format!("CẢNH BÁO KHẨN!!!\n{POST}")),
        ("words changed", changed),
        ("letters split", dotted),
        ("marks dropped", unmarked(POST)),
        ("the end cut off", cut(POST, 60).to_owned()),
        (
            "the beginning cut off",
            POST[cut(POST, 40).len()..].to_owned(),
        ),
        ("header and footer", format!("{HEADER}{POST}{FOOTER}")),
        (
            "all of it",
            unmarked(&format!("{HEADER}Theo bạn đọc: {}{FOOTER}", cut(POST, 80))),
        ),
    ];
    for (what, text) in &edits {
        let memory = Memory::new();
        let told = memory.telling("", POST);
        assert_eq!(memory.telling("", text), told, "{what}");
        // And whichever comes first.
        let memory = Memory::new();
        let told = memory.telling("", text);
        assert_eq!(memory.telling("", POST), told, "{what}, the original later");
    }
}

#[test]
fn other_words_are_another_telling() {
    let memory = Memory::new();
    let told = memory.telling("", POST);
    assert_ne!(memory.telling("", REWORDED), told);
    assert_ne!(memory.telling("", OTHER), told);
    // One page around two posts does not make them one.
    let around = |text: &str| memory.telling("", &format!("{HEADER}{text}{FOOTER}"));
    assert_eq!(around(POST), told);
    assert_ne!(around(OTHER), told);
    assert_ne!(around(REWORDED), around(OTHER));
}

#[test]
fn a_telling_keeps_its_name_along_a_chain_of_copies() {
    let memory = Memory::new();
    let told = memory.telling("", POST);
    assert_eq!(told, Telling::begun_by(&document("", POST)));
    let once = format!("Theo báo: {}", POST.replace("trạm y tế", "bệnh viện"));
    let twice = once
        .replace("nước ngoài", "bên Tây")
        .replace("đang ốm", "bị sốt");
    let thrice = format!("{HEADER}{}{FOOTER}", cut(&twice, 70));
    for copy in [&once, &twice, &thrice, POST] {
        assert_eq!(memory.telling("", copy), told, "{copy}");
    }
}

#[test]
fn only_what_says_something_new_is_kept() {
    let memory = Memory::new();
    let first = memory.identify("", POST);
    let kept = first.new.unwrap();
    assert_eq!(Telling(kept.telling), first.telling);
    assert_eq!(memory.identify("", &unmarked(POST)).new, None);
    let cut = memory.identify("", cut(POST, 60));
    assert_eq!(
        cut.new.map(|text| Telling(text.telling)),
        Some(first.telling)
    );
    assert_eq!(memory.seen.fingerprints().len(), 2);
}

#[test]
fn each_rumour_has_a_story_of_its_own() {
    let telling = Telling::begun_by(&document("", POST));
    assert_eq!(telling.of_rumour("r"), telling.of_rumour("r"));
    assert_ne!(telling.of_rumour("r"), telling.of_rumour("s"));
    let other = Telling::begun_by(&document("", OTHER));
    assert_ne!(telling.of_rumour("r"), other.of_rumour("r"));
}

/// How shingles hash is on disk: a change would begin every story anew.
#[test]
fn hashes_stay_what_they_are() {
    let shingles = Shingles::of(&document("", POST));
    let smallest = [93_156_685, 115_886_071, 117_070_684, 179_174_069];
    assert_eq!(shingles.sketch()[..4], smallest);
}
