//! Times in the forms of pages and feeds.

use super::*;

fn office() -> TimeZone {
    TimeZone::get("Asia/Ho_Chi_Minh").unwrap()
}

#[test]
fn every_pattern_is_valid() {
    for pattern in [
        &YEAR_FIRST,
        &DAY_FIRST,
        &SPOKEN,
        &ENGLISH,
        &AMERICAN,
        &CLOCK,
        &OFFSET,
        &NAMED,
        &FULL_HOUR,
        &UNPADDED,
        &YEAR_LAST,
        &SHORT_YEAR,
    ] {
        assert!(pattern.is_some());
    }
    assert!(relative::are_valid() && machine::are_valid());
}

#[test]
fn one_moment_in_many_forms() {
    let moment: Timestamp = "2021-08-23T14:30:00+07:00".parse().unwrap();
    for text in [
        "2021-08-23T14:30:00+07:00",
        "2021-08-23T07:30:00Z",
        "2021-08-23 14:30:00",
        "2021-08-23T14:30",
        "2021-08-23T14:30:00.000+0700",
        "2021/08/23 14:30",
        "2021-08-23T14:30:00 +07:00",
        " 2021-08-23 14:30:00\n",
        "2021-08-23T07:30:00 UTC",
        "Mon, 23 Aug 2021 14:30:00 +0700",
        "Mon, 23 Aug 2021 07:30:00 GMT",
        "Mon, 23 Aug 2021 07:30 UTC",
        "Monday, 23 August 2021 14:30:00 +0700",
        "Tue, 23 Aug 2021 14:30:00 +0700",
        "23 Aug 2021 14:30",
        "Mon, 23 Aug 2021 14:30:00 GMT+7",
        "Mon, 23 Aug 2021 14:30:00",
        "Aug 23, 2021 2:30 PM",
        "August 23rd, 2021 14:30 +07:00",
        "8/23/2021 2:30:00 PM",
        "8/23/2021 14:30",
        "23/8/2021 2:30:00 CH",
        "Thứ Hai, 23/8/2021 | 14:30 GMT+7",
        "Thứ hai, 23/8/2021, 14:30 (GMT+7)",
        "23/08/2021 14:30",
        "23-08-2021 14:30",
        "23.08.2021 14:30",
        "14:30 23/08/2021",
        "14:30, 23/08/2021",
        "14h30 23/8/2021",
        "14h30' ngày 23/8/2021",
        "14:30 | 23/08/2021",
        "Thứ Hai, ngày 23 tháng 8 năm 2021, 14:30",
        "23 tháng 8, 2021 14:30",
        "Cập nhật lúc 14:30:00, 23/08/2021 (UTC+07:00)",
        "23/08/2021 14:30 GMT+0700",
        "14 giờ 30 23/8/2021",
        "14:30' 23/8/2021",
        "14 giờ 30 phút, ngày 23/8/2021",
        "14h30' | 23/08/2021",
        "14g30 23/8/2021",
        "2 giờ 30 phút chiều 23/8/2021",
        "2:30 CH 23/08/2021",
        "23/08/2021 | 14:30 PM",
        "23-08-2021 - 14:30 PM",
        "23-08-2021 - 02:30 PM",
        "23/08/2021  14:30 GMT+7",
        "23/08/2021 14:30 (GMT +7)",
        "Thứ hai, ngày 23/08/2021 14:30 GMT+7",
        "Thứ Hai, 14:30, 23/08/2021",
        "Thứ hai - 23/08/2021 14:30",
        "T2, 23/08/2021 - 14:30",
        "Thứ 2, ngày 23 tháng 8 năm 2021 - 14:30",
        "14:30 | Thứ hai, 23/08/2021",
        "Ngày đăng: 23/08/2021 14:30:00",
        "Đăng lúc: 14:30:00 23/08/2021",
        "Cập nhật 23/08/2021, 14:30",
        "Xuất bản: 23-8-2021 lúc 14 giờ 30",
        "23 Tháng Tám, 2021 14:30",
        "23 tháng tám 2021, 14:30",
        "Thứ Hai, 23 Tháng Tám 2021 14:30",
        "23 tháng 8/2021 14:30",
        "23/8/2021 - 14h30",
        "23/08/2021 14:30:00 +07:00",
        "2021-08-23T14:30+07",
        "Mon Aug 23 07:30:00 +0000 2021",
        "Mon Aug 23 07:30:00 UTC 2021",
        "Mon Aug 23 14:30:00 2021",
    ] {
        assert_eq!(parse(text, &office()), Some(moment), "{text}");
    }
    let midnight: Timestamp = "2021-08-23T00:00:00+07:00".parse().unwrap();
    for text in [
        "2021-08-23",
        "23/8/2021",
        "Ngày 23 tháng 8 năm 2021",
        "23 Aug 2021",
    ] {
        assert_eq!(parse(text, &office()), Some(midnight), "{text}");
    }
    let noon: Timestamp = "2021-08-12T12:05:00+07:00".parse().unwrap();
    assert_eq!(parse("8/12/2021 12:05:00 PM", &office()), Some(noon));
    assert_eq!(parse("12/8/2021 12:05", &office()), Some(noon));
}

#[test]
fn what_machines_write() {
    let moment: Timestamp = "2021-08-23T14:30:00+07:00".parse().unwrap();
    for text in [
        "20210823143000",
        "202108231430",
        "20210823T143000",
        "20210823T073000Z",
        "20210823T143000.000+0700",
        "20210823 1430+07:00",
        "1629703800",
        " 1629703800000 ",
        "2021-08-23T14:30:00+07:00",
        "23/8/21 14:30",
        "23-08-21 14h30",
        "Mon, 23 Aug 21 07:30:00 GMT",
    ] {
        let read = stamped(text, &office());
        assert_eq!(read.map(|read| read.at), Some(moment), "{text}");
        assert!(read.unwrap().clock, "{text}");
    }
    let day = stamped("20210823", &office()).unwrap();
    assert_eq!(day.at, "2021-08-23T00:00:00+07:00".parse().unwrap());
    assert!(!day.clock);
    for text in [
        "19001234",
        "18001091",
        "20211301",
        "20210823250000",
        "0912345678",
        "162970380",
        "16297038000",
        "2021082314300000",
        "-1629703800",
        "23/13/21",
        "1.2.21",
        "24-38-22-11",
    ] {
        assert_eq!(stamped(text, &office()), None, "{text}");
    }
    // Where other words may stand, figures are no date.
    for text in ["20210823", "1629703800", "tỷ số 21-10-12"] {
        assert_eq!(parse(text, &office()), None, "{text}");
    }
}

#[test]
fn what_is_no_date() {
    for text in [
        "",
        "hôm nay",
        "14:30",
        "2 giờ trước",
        "32/8/2021",
        "23/8",
        "0000-00-00",
        "1/1/1",
        &"9".repeat(500),
    ] {
        assert_eq!(parse(text, &office()), None, "{text}");
    }
}

#[test]
fn a_format_of_the_sources_own() {
    let moment: Timestamp = "2021-08-23T14:30:00+07:00".parse().unwrap();
    let midnight: Timestamp = "2021-08-23T00:00:00+07:00".parse().unwrap();
    for (text, format, wanted) in [
        ("23/08/2021 14:30", "%d/%m/%Y %H:%M", Some(moment)),
        (
            " 23/08/2021\n   14:30 (GMT+7)",
            "%d/%m/%Y %H:%M",
            Some(moment),
        ),
        ("(23-8-2021)", "(%d-%m-%Y)", Some(midnight)),
        ("2021-08-23 07:30 +0000", "%Y-%m-%d %H:%M %z", Some(moment)),
        ("hôm nay", "%d/%m/%Y", None),
    ] {
        assert_eq!(by_format(text, format, &office()), wanted, "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn no_text_breaks_it(text in "[0-9:/ +TZ.,|-]{0,40}|\\PC{0,60}") {
        let now: Timestamp = "2021-08-25T05:20:00+07:00".parse().unwrap();
        let _ = shown(&text, &office(), Some(now));
        let _ = stamped(&text, &office());
        let _ = by_format(&text, "%d/%m/%Y %H:%M", &office());
    }
}

#[test]
fn midnights_hours_and_halves() {
    for (text, wanted) in [
        ("23-08-2021", "2021-08-23T00:00:00+07:00"),
        (
            "Thứ hai, ngày 23 tháng 8 năm 2021",
            "2021-08-23T00:00:00+07:00",
        ),
        ("23 Tháng Tám, 2021", "2021-08-23T00:00:00+07:00"),
        ("01 Tháng Mười Một, 2021", "2021-11-01T00:00:00+07:00"),
        ("1 Tháng Mười, 2021", "2021-10-01T00:00:00+07:00"),
        ("5 Tháng Năm, 2022", "2022-05-05T00:00:00+07:00"),
        ("2 tháng tư năm 2021", "2021-04-02T00:00:00+07:00"),
        ("CN 22/8/2021, 9h30", "2021-08-22T09:30:00+07:00"),
        ("CN, 22/8/2021, 9 giờ", "2021-08-22T09:00:00+07:00"),
        (
            "Chủ nhật, 22/08/2021, 09:05 [GMT+7]",
            "2021-08-22T09:05:00+07:00",
        ),
        ("10:05 SA, 23/08/2021", "2021-08-23T10:05:00+07:00"),
        ("12:05 SA, 23/08/2021", "2021-08-23T00:05:00+07:00"),
        ("12:05 CH, 23/08/2021", "2021-08-23T12:05:00+07:00"),
        ("05-08-2021 - 11:44 AM", "2021-08-05T11:44:00+07:00"),
        ("05/08/2021 09:10 AM", "2021-08-05T09:10:00+07:00"),
        ("8/5/2021 9:10:00 AM", "2021-08-05T09:10:00+07:00"),
        ("8 giờ tối 23/8/2021", "2021-08-23T20:00:00+07:00"),
        ("0h5 23/8/2021", "2021-08-23T00:00:00+07:00"),
    ] {
        let wanted: Timestamp = wanted.parse().unwrap();
        assert_eq!(parse(text, &office()), Some(wanted), "{text}");
    }
}

#[test]
fn what_is_told_from_the_moment_of_reading() {
    // A Wednesday in the office: still Tuesday evening in UTC.
    let now: Timestamp = "2021-08-25T05:20:00+07:00".parse().unwrap();
    for (text, wanted) in [
        ("vừa xong", "2021-08-25T05:20:00+07:00"),
        ("Vừa đăng", "2021-08-25T05:20:00+07:00"),
        ("(mới đây)", "2021-08-25T05:20:00+07:00"),
        ("30 giây trước", "2021-08-25T05:19:30+07:00"),
        ("5 phút trước", "2021-08-25T05:15:00+07:00"),
        ("• 5 phút trước", "2021-08-25T05:15:00+07:00"),
        ("2 giờ trước", "2021-08-25T03:20:00+07:00"),
        ("Khoảng 2 giờ trước", "2021-08-25T03:20:00+07:00"),
        ("2 tiếng trước", "2021-08-25T03:20:00+07:00"),
        ("một giờ trước", "2021-08-25T04:20:00+07:00"),
        ("nửa giờ trước", "2021-08-25T04:50:00+07:00"),
        ("Cập nhật 2 giờ trước", "2021-08-25T03:20:00+07:00"),
        ("cách đây 3 ngày", "2021-08-22T05:20:00+07:00"),
        ("3 ngày trước", "2021-08-22T05:20:00+07:00"),
        ("1 tuần trước", "2021-08-18T05:20:00+07:00"),
        ("2 tháng trước", "2021-06-25T05:20:00+07:00"),
        ("1 năm trước", "2020-08-25T05:20:00+07:00"),
        ("12 phút", "2021-08-25T05:08:00+07:00"),
        ("3h", "2021-08-25T02:20:00+07:00"),
        ("hôm nay", "2021-08-25T00:00:00+07:00"),
        ("hôm nay lúc 4:05", "2021-08-25T04:05:00+07:00"),
        ("Hôm nay, 04:05", "2021-08-25T04:05:00+07:00"),
        // The clock of the page runs ahead of ours.
        ("Hôm nay, 05:40", "2021-08-25T05:20:00+07:00"),
        ("hôm qua", "2021-08-24T00:00:00+07:00"),
        ("hôm qua, 14:05", "2021-08-24T14:05:00+07:00"),
        ("14:05 hôm qua", "2021-08-24T14:05:00+07:00"),
        ("tối qua lúc 9 giờ", "2021-08-24T21:00:00+07:00"),
        ("hôm kia 08:00", "2021-08-23T08:00:00+07:00"),
        ("2 hours ago", "2021-08-25T03:20:00+07:00"),
        ("Yesterday, 14:05", "2021-08-24T14:05:00+07:00"),
        ("23/08/21 - 14:30", "2021-08-23T14:30:00+07:00"),
        ("(5-8-21)", "2021-08-05T00:00:00+07:00"),
        // A full date is a full date.
        ("23/08/2021 14:30", "2021-08-23T14:30:00+07:00"),
    ] {
        let wanted: Timestamp = wanted.parse().unwrap();
        assert_eq!(shown(text, &office(), Some(now)), Some(wanted), "{text}");
    }
    for text in [
        "14:30",
        "trước",
        "2 giờ",
        "999 năm trước trước",
        "Thứ hai",
        "lúc 2 giờ trước cổng ủy ban xã, nhiều người đã thấy chuyện ấy xảy ra",
    ] {
        let read = shown(text, &office(), Some(now));
        assert!(read.is_none_or(|at| at <= now), "{text}: {read:?}");
    }
    assert_eq!(shown("2 giờ trước", &office(), None), None);
}

#[test]
fn a_time_tells_what_is_known_of_it() {
    let read = |text| read(text, &office()).unwrap();
    assert!(read("2021-08-23T14:30:00Z").utc && read("2021-08-23T14:30:00Z").clock);
    assert!(!read("2021-08-23T14:30:00+07:00").utc);
    assert!(!read("23/8/2021").clock && !read("2021-08-23").utc);
}
