//! A day's items, drawn from a seed: rumours told, copied and reworded, refutations, and ordinary
//! news that uses the same words.

/// Numbers from a seed: SplitMix64 (Steele, Lea, Flood 2014).
pub struct Draw(pub u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n as u64).unwrap()
    }

    fn of<'t>(&mut self, list: &[&'t str]) -> &'t str {
        list[self.below(list.len())]
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// What a rumour claims, of what.
pub struct Rumour {
    pub id: &'static str,
    pub severity: &'static str,
    pub subjects: [&'static str; 2],
    pub claims: [&'static str; 2],
}

const fn rumour(
    id: &'static str,
    severity: &'static str,
    subjects: [&'static str; 2],
    claims: [&'static str; 2],
) -> Rumour {
    Rumour {
        id,
        severity,
        subjects,
        claims,
    }
}

pub const RUMOURS: [Rumour; 12] = [
    rumour(
        "vac-xin",
        "high",
        ["vắc xin đợt mới", "mũi tiêm đợt này"],
        ["gây vô sinh", "làm mất khả năng có con"],
    ),
    rumour(
        "nuoc-muoi",
        "medium",
        ["súc nước muối đặc", "uống nước muối pha chanh"],
        ["diệt sạch vi rút", "khỏi hẳn bệnh sau ba ngày"],
    ),
    rumour(
        "tram-song",
        "medium",
        ["trạm phát sóng mới", "cột sóng đầu thôn"],
        ["phát tán vi rút", "làm cây cối khô héo"],
    ),
    rumour(
        "trung-gia",
        "medium",
        ["trứng gà giá rẻ", "trứng gà ngoài chợ"],
        ["làm từ hóa chất", "toàn là trứng nhựa"],
    ),
    rumour(
        "het-xang",
        "high",
        ["xăng dầu trong huyện", "các cây xăng"],
        ["hết sạch từ ngày mai", "sắp đóng cửa toàn bộ"],
    ),
    rumour(
        "dong-dat",
        "urgent",
        ["trận động đất lớn", "rung chấn mạnh"],
        ["sẽ xảy ra đêm nay", "sắp ập đến tỉnh mình"],
    ),
    rumour(
        "vo-dap",
        "urgent",
        ["đập thủy điện thượng nguồn", "hồ thủy lợi trên đèo"],
        ["sắp vỡ rồi", "nứt toác không giữ được nước"],
    ),
    rumour(
        "bat-coc",
        "high",
        ["nhóm người lạ đi xe trắng", "mấy người lạ bán hàng rong"],
        ["bắt cóc trẻ em", "bắt trẻ con đem đi"],
    ),
    rumour(
        "quy-tin-dung",
        "high",
        ["quỹ tín dụng thị trấn", "ngân hàng ở huyện"],
        ["sắp phá sản", "không cho rút tiền nữa"],
    ),
    rumour(
        "gao-nhua",
        "medium",
        ["gạo bán ngoài chợ phiên", "gạo cứu trợ"],
        ["trộn hạt nhựa", "ăn vào là bị ung thư"],
    ),
    rumour(
        "thit-san",
        "medium",
        ["thịt lợn ở trường học", "thịt lợn đông lạnh"],
        ["nhiễm sán hết cả", "có nang sán trắng xóa"],
    ),
    rumour(
        "nghi-hoc",
        "high",
        ["học sinh toàn tỉnh", "học sinh cả huyện"],
        ["phải nghỉ học đến hết năm", "bị ép tiêm tại lớp"],
    ),
];

/// The rumours that get refuted.
pub const REFUTED: [usize; 4] = [0, 4, 6, 8];

/// What an item is, for the count afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Telling(usize),
    Refutation(usize),
    Ordinary,
}

/// An item as its source's feed shows it.
#[derive(Debug, Clone)]
pub struct Item {
    pub source: usize,
    /// Minutes after midnight.
    pub minute: i64,
    pub title: String,
    pub paragraphs: Vec<String>,
    pub what: What,
}

pub const SOURCES: usize = 60;
/// The first ones are official, the next ones press, the rest social.
pub const OFFICIAL: usize = 6;
pub const PRESS: usize = 20;

pub const ITEMS: usize = 2_000;
pub const TELLINGS: usize = 300;

const ASIDES: [&str; 16] = [
    "Sáng nay chợ phiên đông hơn mọi khi, rau xanh vẫn giữ giá như tuần trước.",
    "Đoàn viên thanh niên ra quân dọn vệ sinh đường làng từ sáu giờ.",
    "Trời chuyển mưa vào chiều tối, bà con nhớ thu thóc đang phơi.",
    "Đội bóng của xã vào vòng trong sau trận thắng sát nút.",
    "Lớp dạy nghề cho phụ nữ khai giảng khóa thứ ba với ba mươi học viên.",
    "Con đường liên thôn vừa đổ xong bê tông, xe máy đi lại đã dễ hơn.",
    "Nhà văn hóa mở cửa thư viện vào hai buổi tối mỗi tuần.",
    "Vụ lúa này được mùa, thương lái vào tận ruộng hỏi mua.",
    "Hội người cao tuổi tổ chức mừng thọ cho mười hai cụ.",
    "Trạm y tế thông báo lịch khám cho phụ nữ mang thai trong tháng.",
    "Mình ghi lại đây để khi cần còn tìm, ai biết thêm thì góp ý.",
    "Tối qua mất điện gần hai tiếng vì sửa đường dây.",
    "Xe buýt tuyến huyện đổi giờ chạy từ thứ hai tuần sau.",
    "Mấy bác tổ trưởng đi từng nhà phát giấy mời họp.",
    "Giá phân bón tăng nhẹ, nhiều nhà chuyển sang ủ phân hữu cơ.",
    "Trường cấp hai nhận thêm sách cho tủ sách lớp học.",
];

/// How a rumour is told; `{s}` is of what, `{c}` what is claimed.
const TOLD: [&str; 8] = [
    "Bà con ơi, {s} {c} đó, ai chưa biết thì biết.",
    "Chị họ làm trên tỉnh nói chắc như đinh đóng cột là {s} {c}.",
    "Cả xóm đang bàn {s} {c}, nhà nào cũng lo.",
    "Cảnh báo khẩn: {s} {c}, chuyển tiếp cho người thân ngay.",
    "Hôm qua đi chợ ai cũng kể {s} giờ {c}.",
    "Nói thật với các bác, {s} {c}, tận mắt người nhà tôi thấy.",
    "Không phải đùa đâu, {s} đúng là {c}.",
    "Mọi người giữ lấy thân, {s} {c} rồi đấy.",
];

const MIXED: [&str; 4] = [
    "Bạn đọc gửi câu hỏi về {s} đến chuyên mục, tòa soạn sẽ trả lời trong số tới.",
    "Buổi sinh hoạt chi đoàn chiều qua dành thời gian nói về {s}.",
    "Phóng viên ghi nhận thực tế về {s} tại ba xã vùng cao.",
    "Cuộc họp giao ban tuần này có phần nội dung về {s}.",
];

const BESIDE: [&str; 3] = [
    "Ở mục truyện cũ, nhân vật chính lo chuyện {c} nhưng rồi mọi việc đều yên.",
    "Vở kịch của đội văn nghệ có đoạn nhân vật hốt hoảng vì {c}.",
    "Cuộc thi viết về chuyện xưa nhận bài kể lại nỗi lo {c} của một làng nọ.",
];

fn filled(template: &str, rumour: &Rumour, draw: &mut Draw) -> String {
    template
        .replace("{s}", draw.of(&rumour.subjects))
        .replace("{c}", draw.of(&rumour.claims))
}

/// The letters without their marks, as people type in haste.
fn without_marks(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.nfd()
        .filter(|c| !('\u{300}'..='\u{36f}').contains(c))
        .map(|c| match c {
            'đ' => 'd',
            'Đ' => 'D',
            other => other,
        })
        .collect()
}

/// A copy as people make it: something put before or after, cut, or typed without marks.
fn copied(original: &[String], draw: &mut Draw) -> Vec<String> {
    let mut copy = original.to_vec();
    if copy.len() > 2 && draw.chance(30) {
        // The passage itself stands in the second paragraph.
        copy.truncate(2);
    }
    if draw.chance(40) {
        let from = draw.of(&[
            "Theo nhóm xóm mình:",
            "Chép lại từ tường bạn:",
            "Mới nhận được:",
        ]);
        copy[0] = format!("{from} {}", copy[0]);
    }
    if draw.chance(40) {
        let footer = draw.of(&[
            "Chia sẻ giúp nhé.",
            "Nguồn: mạng xã hội.",
            "Bấm theo dõi để xem thêm.",
        ]);
        copy.push(footer.to_owned());
    }
    if draw.chance(12) {
        for paragraph in &mut copy {
            *paragraph = without_marks(paragraph);
        }
    }
    copy
}

fn told(rumour: &Rumour, draw: &mut Draw) -> Vec<String> {
    let template = draw.of(&TOLD);
    vec![
        format!("{} {}", draw.of(&ASIDES), draw.of(&ASIDES)),
        filled(template, rumour, draw),
        format!("{} {}", draw.of(&ASIDES), draw.of(&ASIDES)),
    ]
}

fn tell(items: &mut Vec<Item>, draw: &mut Draw) {
    const LAST: i64 = 23 * 60 + 30;
    for (number, rumour) in RUMOURS.iter().enumerate() {
        // Between half past six and seven in the evening.
        let start = 390 + i64::try_from(draw.below(750)).unwrap();
        let mut originals: Vec<Vec<String>> = Vec::new();
        for n in 0..TELLINGS / RUMOURS.len() {
            // Tellings come fast at first, then ever more slowly.
            let spread = if n == 0 { 0 } else { draw.below(1_000) };
            let spread = i64::try_from(spread * spread).unwrap();
            let paragraphs = if originals.is_empty() || draw.chance(25) {
                originals.push(told(rumour, draw));
                originals.last().unwrap().clone()
            } else {
                let original = draw.below(originals.len());
                copied(&originals[original].clone(), draw)
            };
            items.push(Item {
                source: PRESS + draw.below(SOURCES - PRESS),
                minute: start + (LAST - start) * spread / 1_000_000,
                title: draw
                    .of(&[
                        "Cả nhà xem này",
                        "Tin nóng trong ngày",
                        "Hỏi các bác",
                        "Đọc rồi chuyển giúp",
                    ])
                    .to_owned(),
                paragraphs,
                what: What::Telling(number),
            });
        }
        if REFUTED.contains(&number) {
            let (s, c) = (rumour.subjects[0], rumour.claims[0]);
            items.push(Item {
                source: draw.below(OFFICIAL),
                minute: (start + 150).min(LAST),
                title: format!("Thông tin {s} {c} là sai sự thật"),
                paragraphs: vec![format!(
                    "Cơ quan chức năng khẳng định thông tin {s} {c} đang lan truyền trên mạng xã \
                     hội là sai sự thật, đề nghị bà con không chia sẻ."
                )],
                what: What::Refutation(number),
            });
        }
    }
}

/// News that speaks of the same things, and claims none of it.
fn ordinary(draw: &mut Draw) -> Item {
    let rumour = &RUMOURS[draw.below(RUMOURS.len())];
    let mut paragraphs = vec![format!("{} {}", draw.of(&ASIDES), draw.of(&ASIDES))];
    if draw.chance(60) {
        let template = draw.of(&MIXED);
        paragraphs.push(filled(template, rumour, draw));
    }
    paragraphs.push(draw.of(&ASIDES).to_owned());
    if draw.chance(40) {
        let template = draw.of(&BESIDE);
        paragraphs.push(filled(template, rumour, draw));
    }
    if draw.chance(10) {
        // Both in one paragraph, far apart.
        let (s, c) = (draw.of(&rumour.subjects), draw.of(&rumour.claims));
        paragraphs.push(format!(
            "Câu chuyện về {s} được nhắc tới trong buổi giao lưu tại nhà văn hóa với sự có mặt của \
             đông đảo bà con các thôn và đại diện nhiều cơ quan trong huyện, còn tiết mục kịch vui \
             thì diễn cảnh một người sợ {c}."
        ));
    }
    Item {
        source: draw.below(SOURCES),
        minute: i64::try_from(draw.below(24 * 60)).unwrap(),
        title: draw.of(&ASIDES).trim_end_matches('.').to_owned(),
        paragraphs,
        what: What::Ordinary,
    }
}

/// The day's items in the order of their times.
pub fn day(seed: u64) -> Vec<Item> {
    let mut draw = Draw(seed);
    let mut items = Vec::new();
    tell(&mut items, &mut draw);
    while items.len() < ITEMS {
        items.push(ordinary(&mut draw));
    }
    items.sort_by_key(|item| item.minute);
    items
}
