//! Bundles of our own writing.

use jiff::Timestamp;
use jiff::tz::{TimeZone, offset};

use crate::alert::{Alert, Bundle, Excerpt, Known, Occasion, Reason, Refutation, Spread, Weight};
use crate::keyword::Severity;
use crate::mail::{AnswerKey, Answers, Office, Settings};
use crate::message::Lang;
use crate::scan::{Stance, Tier};
use crate::source::Trust;
use crate::story::StoryId;

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(in crate::mail) fn office(lang: Lang) -> Office {
    Office {
        name: "Phòng Văn hóa và Thông tin huyện Đèo Mây".to_owned(),
        tz: TimeZone::fixed(offset(7)),
        lang,
    }
}

pub(super) fn settings() -> Settings {
    let mut settings = Settings::to_dir("unused".into());
    settings.from = "Canh tin <canhtin@deomay.example>".parse().unwrap();
    settings
}

/// The same where answers by mail are taken.
pub(in crate::mail) fn answered() -> Settings {
    let mut settings = settings();
    settings.answers = Some(Answers {
        address: "canhtin+tra-loi@deomay.example".parse().unwrap(),
        key: Some(AnswerKey::new([7; 32])),
        mailbox: None,
    });
    settings
}

/// A passage whose marks stand between `[` and `]`.
pub(super) fn excerpt(marked: &str) -> Excerpt {
    let mut excerpt = Excerpt::default();
    for (i, part) in marked.split(['[', ']']).enumerate() {
        let start = excerpt.text.len();
        excerpt.text.push_str(part);
        if i % 2 == 1 {
            excerpt.marks.push(start..excerpt.text.len());
        }
    }
    excerpt
}

pub(super) fn alert() -> Alert {
    Alert {
        id: "7k3m9q2xw0ap".to_owned(),
        rule: "vac-xin-vo-sinh".to_owned(),
        title: "Vắc xin gây vô sinh".to_owned(),
        severity: Severity::High,
        weight: Some(Weight {
            rule: Severity::High,
            reasons: Vec::new(),
        }),
        topic: Some("vắc xin".to_owned()),
        answer: Some(
            "Bộ Y tế: chưa có bằng chứng nào cho thấy vắc xin phòng Covid-19 ảnh hưởng đến khả năng sinh con của nam hay nữ. Người đang mong con vẫn nên tiêm."
                .to_owned(),
        ),
        links: vec!["https://suckhoe.example/hoi-dap/vac-xin-va-sinh-san".to_owned()],
        source: "dien-dan-me-va-be".to_owned(),
        source_name: "Diễn đàn Mẹ và bé Đèo Mây".to_owned(),
        trust: Trust::Social,
        tags: vec!["y-te".to_owned()],
        places: Vec::new(),
        item: "t-1042".to_owned(),
        url: Some("https://mevabe.example/chu-de/1042".to_owned()),
        page_title: "Các mẹ ơi có nên đi tiêm không ạ".to_owned(),
        excerpt: excerpt(
            "… Chị họ mình làm ở trạm xá nói nhỏ là [vắc xin] này tiêm vào thì hai năm sau [vô sinh], nhất là con gái chưa chồng. Mẹ nào có con gái lớn thì cân nhắc, đừng để sau này hối không kịp. …",
        ),
        stance: Stance::Asserts,
        tier: Tier::Exact,
        terms: vec!["vắc xin".to_owned(), "vô sinh".to_owned()],
        published: Some(at("2021-08-15T00:40:00Z")),
        seen: at("2021-08-15T01:05:00Z"),
        edited: false,
        story: StoryId("s1".to_owned()),
        rules_version: "3f9c0d21a7b45e68".to_owned(),
        known_refutations: Vec::new(),
    }
}

pub(super) fn bundle(alerts: Vec<Alert>) -> Bundle {
    Bundle {
        receiver: "truc-ban".to_owned(),
        to: vec![
            "Trực ban <truc@deomay.example>".to_owned(),
            "lanhdao@deomay.example".to_owned(),
        ],
        message_id: "b5d2.truc-ban@deomay.example".to_owned(),
        references: Vec::new(),
        closed: at("2021-08-15T01:07:00Z"),
        alerts,
        spread: vec![Spread {
            story: StoryId("s1".to_owned()),
            first_seen: at("2021-08-15T01:05:00Z"),
            items: 1,
            sources: 1,
        }],
        refutations: Vec::new(),
        occasion: Occasion::Group,
        known: Vec::new(),
    }
}

/// One item, nobody has refuted it.
pub(super) fn one() -> Bundle {
    bundle(vec![alert()])
}

/// A later mail of the thread: three stories on four pages, refuted, one edited, one disguised.
pub(super) fn several() -> Bundle {
    let copy = Alert {
        id: "c2v8r5n1d6ht".to_owned(),
        source: "tin-nhanh".to_owned(),
        source_name: "Tin nhanh Đèo Mây".to_owned(),
        item: "99".to_owned(),
        url: Some("https://tinnhanh.example/99-canh-bao".to_owned()),
        page_title: "CẢNH BÁO: con gái chưa chồng đừng tiêm".to_owned(),
        published: None,
        seen: at("2021-08-15T01:20:00Z"),
        ..alert()
    };
    let disguised = Alert {
        id: "m4s0z7b3f9ey".to_owned(),
        source: "hoi-lang".to_owned(),
        source_name: "Hội làng Phiêng Lầu".to_owned(),
        item: "p/7".to_owned(),
        url: Some("https://làngphiêng.example/p/7?x=1&y=<2>".to_owned()),
        page_title: String::new(),
        excerpt: excerpt(
            "[v.ắ.c x.i.n] về xã mình rồi đó bà con, tiêm xong là [t.r.i.ệ.t s.ả.n] hết nha 😱 chuyển tiếp giùm",
        ),
        tier: Tier::Disguised,
        severity: Severity::Urgent,
        weight: Some(Weight {
            rule: Severity::Medium,
            reasons: vec![
                Reason::Disguised,
                Reason::Place("Phiêng Lầu".to_owned()),
                Reason::Spread(3),
            ],
        }),
        terms: vec!["vắc xin".to_owned(), "triệt sản".to_owned()],
        edited: true,
        story: StoryId("s2".to_owned()),
        seen: at("2021-08-15T01:31:00Z"),
        ..alert()
    };
    let unlinked = Alert {
        id: "0p6w1g8j4kqc".to_owned(),
        source: "bang-tin".to_owned(),
        source_name: "Bảng tin chợ huyện".to_owned(),
        trust: Trust::Press,
        item: "z".to_owned(),
        url: None,
        page_title: "Tiem vac xin co bi vo sinh khong".to_owned(),
        excerpt: excerpt("Tiem [vac xin] co bi [vo sinh] khong"),
        tier: Tier::Unmarked,
        story: StoryId("s3".to_owned()),
        seen: at("2021-08-15T01:40:00Z"),
        ..alert()
    };
    Bundle {
        message_id: "c901.truc-ban@deomay.example".to_owned(),
        references: vec!["b5d2.truc-ban@deomay.example".to_owned()],
        closed: at("2021-08-15T01:42:00Z"),
        spread: vec![
            Spread {
                story: StoryId("s1".to_owned()),
                first_seen: at("2021-08-14T22:05:00Z"),
                items: 5,
                sources: 3,
            },
            Spread {
                story: StoryId("s2".to_owned()),
                first_seen: at("2021-08-15T01:31:00Z"),
                items: 1,
                sources: 1,
            },
        ],
        refutations: vec![
            Refutation {
                rule: "vac-xin-vo-sinh".to_owned(),
                source_name: "Cổng thông tin Sức khỏe".to_owned(),
                page_title: "Thông tin vắc xin phòng Covid-19 gây vô sinh là sai sự thật"
                    .to_owned(),
                url: Some("https://suckhoe.example/tin/vac-xin-khong-gay-vo-sinh".to_owned()),
                at: at("2021-08-15T01:00:00Z"),
                whole_day: false,
            },
            Refutation {
                rule: "vac-xin-vo-sinh".to_owned(),
                source_name: "Báo Đèo Mây".to_owned(),
                page_title: "Bác sĩ sản khoa: tiêm vắc xin không ảnh hưởng sinh con".to_owned(),
                url: None,
                at: at("2021-08-15T01:30:00Z"),
                whole_day: false,
            },
        ],
        ..bundle(vec![alert(), copy, disguised, unlinked])
    }
}

/// One story on two pages, refuted.
pub(super) fn refuted() -> Bundle {
    let mut bundle = several();
    bundle.alerts.truncate(2);
    bundle.references.clear();
    bundle.closed = at("2021-08-15T01:22:00Z");
    bundle.refutations.truncate(1);
    bundle
}

/// The refutation of a rumour that the receiver was mailed.
pub(super) fn follow_up() -> Bundle {
    let mut bundle = refuted();
    bundle.references = vec!["b5d2.truc-ban@deomay.example".to_owned()];
    bundle.alerts.truncate(1);
    bundle.alerts[0].stance = Stance::Denies;
    bundle.alerts[0].source_name = "Cổng thông tin Sức khỏe".to_owned();
    bundle.alerts[0].published = Some(at("2021-08-15T01:00:00Z"));
    bundle.known = vec![Known {
        rule: "vac-xin-vo-sinh".to_owned(),
        severity: Severity::High,
        alert: Some("q8w2e4r6t1yz".to_owned()),
    }];
    bundle
}

/// `n` items of `n / 3` stories.
pub(super) fn many(n: usize) -> Bundle {
    let alerts = (0..n)
        .map(|i| Alert {
            id: format!("many{i:08}"),
            source: format!("nguon-{}", i % 40),
            source_name: format!("Nguồn thứ {}", i % 40),
            item: i.to_string(),
            url: Some(format!("https://nguon{}.example/bai/{i}", i % 40)),
            story: StoryId(format!("s{}", i / 3)),
            ..alert()
        })
        .collect();
    bundle(alerts)
}

/// What a digest holds: a rumour that grew graver, one that is new, one that is refuted.
pub(super) fn digest() -> Bundle {
    let mut bundle = several();
    let lamp = Alert {
        id: "h5t9k2c7x1wd".to_owned(),
        rule: "den-5g".to_owned(),
        title: "Trạm 5G làm cây khô, người bệnh".to_owned(),
        severity: Severity::Low,
        answer: None,
        links: Vec::new(),
        item: "t-88".to_owned(),
        url: Some("https://mevabe.example/chu-de/88".to_owned()),
        page_title: "Từ ngày dựng trạm 5G".to_owned(),
        excerpt: excerpt("Từ ngày dựng [trạm 5G] ở đầu thôn, hàng [cây khô] hết cả."),
        story: StoryId("s7".to_owned()),
        ..alert()
    };
    let refutes = Alert {
        id: "e3n6b8r0q4yz".to_owned(),
        rule: "la-du-du".to_owned(),
        title: "Lá đu đủ chữa khỏi sốt xuất huyết".to_owned(),
        severity: Severity::Medium,
        stance: Stance::Denies,
        trust: Trust::Official,
        story: StoryId("s8".to_owned()),
        ..alert()
    };
    bundle.refutations.push(Refutation {
        rule: "la-du-du".to_owned(),
        source_name: "Cổng thông tin Sức khỏe".to_owned(),
        page_title: "Lá đu đủ không chữa được sốt xuất huyết".to_owned(),
        url: Some("https://suckhoe.example/tin/la-du-du".to_owned()),
        at: at("2021-08-15T01:35:00Z"),
        whole_day: false,
    });
    bundle.alerts.extend([lamp, refutes]);
    bundle.references.clear();
    bundle.occasion = Occasion::Digest;
    bundle.known = vec![
        Known {
            rule: "vac-xin-vo-sinh".to_owned(),
            severity: Severity::Medium,
            alert: Some("7k3m9q2xw0ap".to_owned()),
        },
        Known {
            rule: "la-du-du".to_owned(),
            severity: Severity::Medium,
            alert: Some("q8w2e4r6t1yz".to_owned()),
        },
    ];
    bundle
}
