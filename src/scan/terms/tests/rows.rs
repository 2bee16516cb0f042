use unicode_normalization::UnicodeNormalization;

use super::*;
use crate::scan::Tier::{self, Disguised, Exact, Unmarked, Variant};

/// (term, text, what is found and how). `None`: nothing.
type Row = (&'static str, &'static str, Option<(&'static str, Tier)>);

const fn hit(term: &'static str, text: &'static str, surface: &'static str, tier: Tier) -> Row {
    (term, text, Some((surface, tier)))
}

const fn none(term: &'static str, text: &'static str) -> Row {
    (term, text, None)
}

/// Whole syllables, case, normal form, place of the tone.
const PLAIN: &[Row] = &[
    hit("vắc xin", "tiêm vắc xin ngay", "vắc xin", Exact),
    hit("vắc xin", "VẮC XIN", "VẮC XIN", Exact),
    hit("vắc xin", "Vắc Xin.", "Vắc Xin", Exact),
    hit("vắc xin", "(vắc xin)", "vắc xin", Exact),
    hit("vắc xin", "“vắc xin”", "vắc xin", Exact),
    hit("vắc xin", "#vắc xin!", "vắc xin", Exact),
    none("ca", "các nơi"),
    none("ho", "hoa"),
    none("ho", "họ nói"),
    none("sốt", "sót lại"),
    none("vắc xin", "vạc xin"),
    none("vắc xin", "vắc xịn"),
    none("vắc xin", "xin vắc"),
    none("vắc xin", "vắc thì xin"),
    hit(
        "vắc xin",
        "v\u{103}\u{301}c xin",
        "v\u{103}\u{301}c xin",
        Exact,
    ),
    hit(
        "vắc xin",
        "v\u{e1}\u{306}c xin",
        "v\u{e1}\u{306}c xin",
        Exact,
    ),
    hit(
        "vắc xin",
        "va\u{306}\u{301}c xin",
        "va\u{306}\u{301}c xin",
        Exact,
    ),
    hit(
        "vắc xin",
        "va\u{301}\u{306}c xin",
        "va\u{301}\u{306}c xin",
        Exact,
    ),
    hit(
        "thế giới",
        "the\u{301}\u{302} gio\u{31b}\u{301}i",
        "the\u{301}\u{302} gio\u{31b}\u{301}i",
        Exact,
    ),
    hit("cộng", "co\u{302}\u{323}ng", "co\u{302}\u{323}ng", Exact),
    hit("cộng", "c\u{f4}\u{323}ng", "c\u{f4}\u{323}ng", Exact),
    hit(
        "bướu",
        "bu\u{31b}\u{301}o\u{31b}u",
        "bu\u{31b}\u{301}o\u{31b}u",
        Exact,
    ),
    hit("hòa", "hoà", "hoà", Exact),
    hit("phong toả", "phong tỏa", "phong tỏa", Exact),
    hit("sức khỏe", "sức khoẻ", "sức khoẻ", Exact),
    hit("thúy", "thuý", "thuý", Exact),
    hit("quý", "qúy", "qúy", Exact),
    hit("chất lượng", "chất lựơng", "chất lựơng", Exact),
    hit("đảm bảo", "đảm baỏ", "đảm baỏ", Exact),
    hit("đại", "đaị", "đaị", Exact),
    hit("Đảng", "Ðảng", "Ðảng", Exact),
    hit("đường", "ðường", "ðường", Exact),
    hit("Đại", "Ɖại", "Ɖại", Exact),
    hit("điều", "ɖiều", "ɖiều", Exact),
    hit("covid 19", "dịch covid-19 này", "covid-19", Exact),
    hit("covid 19", "COVID - 19", "COVID - 19", Exact),
    hit("covid-19", "covid 19", "covid 19", Exact),
    hit("covid-19", "covid19", "covid19", Exact),
    hit("covid", "covid19", "covid", Exact),
    hit("5g", "sóng 5G gây bệnh", "5G", Exact),
    none("5g", "15g đường"),
    none("5g", "5 g đường"),
    hit("武汉", "肺炎 武汉 封城", "武汉", Exact),
];

/// i and y.
const VARIANTS: &[Row] = &[
    hit("kỹ", "kĩ", "kĩ", Variant),
    hit("lý", "lí", "lí", Variant),
    hit("mỹ", "Mĩ", "Mĩ", Variant),
    hit("cách ly", "cách li", "cách li", Variant),
    hit("cách li", "cách ly", "cách ly", Variant),
    hit("bác sĩ", "bác sỹ", "bác sỹ", Variant),
    hit("y tế", "i tế", "i tế", Variant),
    hit("hy vọng", "hi vọng", "hi vọng", Variant),
    hit("tỷ", "tỉ", "tỉ", Variant),
    none("tay", "tai"),
    none("thúy", "thúi"),
    none("vy", "vi"),
    none("thuỳ", "thùi"),
    none("quý", "quí"),
    hit("cách ly", "cach li", "cach li", Unmarked),
];

/// What may stand between syllables.
const SEPARATORS: &[Row] = &[
    hit("vắc xin", "vắc-xin", "vắc-xin", Exact),
    hit("vắc xin", "vắc\u{2011}xin", "vắc\u{2011}xin", Exact),
    hit("vắc xin", "vắc – xin", "vắc – xin", Exact),
    hit("vắc xin", "vắc- xin", "vắc- xin", Exact),
    hit("vắc xin", "vắc\u{a0}xin", "vắc\u{a0}xin", Exact),
    hit("vắc xin", "vắc   xin", "vắc   xin", Exact),
    hit("vắc xin", "vắc\nxin", "vắc\nxin", Exact),
    hit("vắc xin", "vắc \r\n xin", "vắc \r\n xin", Exact),
    hit("vắc xin", "vắcxin", "vắcxin", Exact),
    hit("vắc xin", "#VắcXin", "VắcXin", Exact),
    hit("vắc xin", "vacxin", "vacxin", Unmarked),
    hit("vắc xin", "văcxin", "văcxin", Unmarked),
    hit("vắcxin", "vắc xin", "vắc xin", Exact),
    hit("bộ y tế", "bộ ytế", "bộ ytế", Exact),
    hit("bộ y tế", "#BộYTế", "BộYTế", Exact),
    hit("bộ y tế", "boyte", "boyte", Unmarked),
    hit("chống dịch", "#chungtaychốngdịch", "chốngdịch", Exact),
    hit(
        "phòng chống dịch",
        "#PhongChongDichCovid19",
        "PhongChongDich",
        Unmarked,
    ),
    hit("chết", "#StopChếtNgười", "Chết", Exact),
    hit("covid", "SARS-CoV-2/Covid19", "Covid", Exact),
    none("vắc xin", "vắc. xin"),
    none("vắc xin", "vắc.xin"),
    none("vắc xin", "vắc! xin"),
    none("vắc xin", "vắc? Xin"),
    none("vắc xin", "vắc, xin"),
    none("vắc xin", "vắc\n\nxin"),
    none("vắc xin", "vắc\n \nxin"),
    none("vắc xin", "vắc… xin"),
    none("vắc xin", "vắc (xin"),
    none("ca", "#cacao"),
    none("ho", "hoan"),
    none("lo an", "loan"),
    none("hoa", "hoathinh"),
];

/// Marks that are missing.
const UNMARKED: &[Row] = &[
    hit("vắc xin", "vac xin", "vac xin", Unmarked),
    hit("vắc xin", "văc xin", "văc xin", Unmarked),
    hit("triệu chứng", "triêu chưng", "triêu chưng", Unmarked),
    hit("tử vong", "tu vong", "tu vong", Unmarked),
    hit("thuốc lá", "thuôc lá", "thuôc lá", Unmarked),
    hit("đầu độc", "dau doc", "dau doc", Unmarked),
    hit("bạch thông", "o bach thong", "bach thong", Unmarked),
    none("đầu độc", "đầu đọc"),
    none("chữa khỏi", "chưa khỏi"),
    none("chữa khỏi covid", "chưa khỏi covid"),
    none("ca chết", "cá chết"),
    none("tỏi", "toi noi"),
    none("tỏi", "tôi"),
    none("sốt", "sôt"),
    none("sốt", "bi sot roi"),
    hit("sốt [loose]", "bi sot roi", "sot", Unmarked),
    none("sốt [loose]", "bị sot rồi"),
    none("sốt [loose]", "bi sót roi"),
    none("vắc xin [strict]", "vac xin"),
    none("vắc xin [strict]", "văc xin"),
    hit("vắc xin [strict]", "VẮC-XIN", "VẮC-XIN", Exact),
    none("vac xin", "vắc xin"),
];

/// Names and vetoes.
const OPTIONS: &[Row] = &[
    hit("Bạch Thông [name]", "huyện Bạch Thông", "Bạch Thông", Exact),
    hit("Bạch Thông [name]", "BẠCH THÔNG", "BẠCH THÔNG", Exact),
    none("Bạch Thông [name]", "Sự minh bạch thông tin"),
    hit("Bạch Thông [name]", "ở bạch thông đó", "bạch thông", Exact),
    hit(
        "Bạch Thông [name]",
        "O bach thong do",
        "bach thong",
        Unmarked,
    ),
    none("Phủ Thông [name]", "Chính phủ thông qua"),
    none("Phủ Thông [name]", "Chính Phủ thông qua"),
    hit(
        "!minh bạch thông tin",
        "Minh bach thông tin",
        "Minh bach thông tin",
        Unmarked,
    ),
    hit("!dịch vụ", "DICH VU", "DICH VU", Unmarked),
    hit("!dịch vụ", "dịch vu", "dịch vu", Unmarked),
];

/// Letters hidden, split, styled, repeated.
const DISGUISES: &[Row] = &[
    hit("vắc xin", "v\u{200b}ắc xin", "v\u{200b}ắc xin", Disguised),
    hit("vắc xin", "v\u{ad}ắc xin", "v\u{ad}ắc xin", Disguised),
    hit(
        "vắc xin",
        "v\u{34f}ắ\u{34f}c xin",
        "v\u{34f}ắ\u{34f}c xin",
        Disguised,
    ),
    hit(
        "vắc xin",
        "v\u{336}ắ\u{336}c\u{336} xin",
        "v\u{336}ắ\u{336}c\u{336} xin",
        Disguised,
    ),
    hit("vắc xin", "\u{feff}vắc xin\u{200b} nhé", "vắc xin", Exact),
    hit("vắc xin", "vắc\u{200b}xin", "vắc\u{200b}xin", Disguised),
    hit("vắc xin", "v.ắ.c x.i.n", "v.ắ.c x.i.n", Disguised),
    hit("vắc xin", "v.ắ.c.x.i.n", "v.ắ.c.x.i.n", Disguised),
    hit("vắc xin", "v a c x i n", "v a c x i n", Disguised),
    hit("vắc xin", "v.ắc xin", "v.ắc xin", Disguised),
    hit("vắc xin", "vắc x_in", "vắc x_in", Disguised),
    hit("vắc xin", "tiêm vắc_xin", "vắc_xin", Disguised),
    hit("chết", "c.h.ế.t", "c.h.ế.t", Disguised),
    hit("chết", "c h ế t", "c h ế t", Disguised),
    hit("chết", "ch.ết", "ch.ết", Disguised),
    hit("chết", "ch:ết", "ch:ết", Disguised),
    hit("chết", "ch-ết hết", "ch-ết", Disguised),
    hit("chết", "chếttttt", "chếttttt", Disguised),
    hit("trời ơi", "trờiiiii ơiiii", "trờiiiii ơiiii", Disguised),
    hit("covid", "coviddd", "coviddd", Disguised),
    hit("thuốc", "th:uốc", "th:uốc", Disguised),
    hit("khủng", "kh.ủng.", "kh.ủng", Disguised),
    hit("độc", "đ.ộ.c", "đ.ộ.c", Disguised),
    hit("máu", "m/áu", "m/áu", Disguised),
    hit("tử vong", "tử v:ong", "tử v:ong", Disguised),
    hit(
        "nhiễm trùng",
        "n h i ễ m t r ù n g",
        "n h i ễ m t r ù n g",
        Disguised,
    ),
    hit("tình hình", "𝗧𝗶̀𝗻𝗵 𝗵𝗶̀𝗻𝗵", "𝗧𝗶̀𝗻𝗵 𝗵𝗶̀𝗻𝗵", Disguised),
    hit("người", "nցười", "nցười", Disguised),
    hit("không", "ĸнông", "ĸнông", Disguised),
    hit("không", "кʜôɴɢ", "кʜôɴɢ", Disguised),
    hit("đầu", "đầυ", "đầυ", Disguised),
    hit("mắc", "ᴍᴀ̆́ᴄ", "ᴍᴀ̆́ᴄ", Disguised),
    hit("thức", "тhức", "тhức", Disguised),
    hit("vắc xin", "ｖắｃ ｘｉｎ", "ｖắｃ ｘｉｎ", Disguised),
    hit("covid", "Ⓒⓞⓥⓘⓓ", "Ⓒⓞⓥⓘⓓ", Disguised),
    hit("covid", "🅒🅞🅥🅘🅓", "🅒🅞🅥🅘🅓", Disguised),
    hit("được", "ᵭược", "ᵭược", Disguised),
    hit("được", "₫ược", "₫ược", Disguised),
    hit("vắc xin", "vắc💉xin", "vắc💉xin", Disguised),
    hit("vắc xin", "vắc 💉💉 xin", "vắc 💉💉 xin", Disguised),
    hit("vắc xin", "💉vắc xin💉", "vắc xin", Exact),
    hit("vắc xin", "tiêm 💉 vắc xin", "vắc xin", Exact),
    hit("cứu", "cứ.u", "cứ.u", Disguised),
    hit("tấn công", "t.ấn c.ông", "t.ấn c.ông", Disguised),
    hit("tông", "T:ÔNG", "T:ÔNG", Disguised),
];

/// What only looks like a disguise.
const NO_DISGUISE: &[Row] = &[
    none("thải", "anh T.Hải nói"),
    none("cty", "c.ty"),
    none("can", "c.an"),
    none("lênin", "Lê-nin"),
    none("ôtô", "ô-tô"),
    none("tphcm", "TP.HCM"),
    none("nva", "N.V.A"),
    none("anh", "A.N.H"),
    none("abc", "a b c d"),
    none("cho", "bạn c h o d"),
    none("tuổi trẻ", "tuoitre.vn"),
    none("tuổi trẻ", "đọc https://tuoitre.vn/tuoi-tre.htm nhé"),
    none("tin tức", "www.tin-tuc.vn/tin-tuc"),
    none("hoan", "ho-an"),
];

/// The same word in other forms: each row runs through those that leave its letters.
fn forms(text: &str, capitals: bool) -> Vec<String> {
    let mut forms = vec![text.to_owned(), text.nfd().collect(), text.nfc().collect()];
    if capitals {
        let upper = text.to_uppercase();
        forms.extend([upper.nfd().collect(), upper]);
    }
    forms
}

fn check(rows: &[Row], capitals: bool) {
    let mut checked = 0;
    for (term, text, wanted) in rows {
        let matcher = matcher(&[term]);
        let surfaces = wanted.map_or(Vec::new(), |(surface, _)| forms(surface, capitals));
        for (form, text) in forms(text, capitals).into_iter().enumerate() {
            let found = find(&matcher, &text);
            let seen: Vec<_> = found
                .iter()
                .map(|(_, range, tier)| (&text[range.clone()], *tier))
                .collect();
            let wanted: Vec<_> = wanted
                .iter()
                .map(|(_, tier)| (surfaces[form].as_str(), *tier))
                .collect();
            assert_eq!(seen, wanted, "{term:?} in {text:?}");
            checked += 1;
        }
    }
    assert!(checked > 2 * rows.len() && !rows.is_empty());
}

#[test]
fn whole_syllables_in_any_form() {
    check(PLAIN, true);
}

#[test]
fn i_and_y_where_they_sound_the_same() {
    check(VARIANTS, true);
}

#[test]
fn separators_and_borders() {
    check(SEPARATORS, false);
}

#[test]
fn marks_may_be_missing_never_contradicted() {
    check(UNMARKED, true);
}

#[test]
fn names_and_vetoes() {
    check(OPTIONS, false);
}

#[test]
fn disguises_are_seen_through() {
    check(DISGUISES, false);
}

#[test]
fn abbreviations_names_lists_and_addresses_are_none() {
    check(NO_DISGUISE, false);
}
