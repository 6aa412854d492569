use super::*;

fn calendar(zone: &str) -> Calendar {
    Calendar {
        zone: zone.parse().expect("a zone"),
        hours: BusinessHours::parse("10:00-17:00").expect("hours"),
        days: BusinessDays::parse("Mon-Fri").expect("days"),
        national: NationalHolidays::Japan,
        company: Arc::new(CompanyHolidays::from([(date("2026-12-29"), "年末休み".into())])),
    }
}

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

#[test]
fn hours_are_half_open_on_working_days() {
    for (zone, instant, expected) in [
        ("Asia/Tokyo", "2026-11-24T09:59:59+09:00", false),
        ("Asia/Tokyo", "2026-11-24T10:00:00+09:00", true),
        ("Asia/Tokyo", "2026-11-24T16:59:59.999+09:00", true),
        ("Asia/Tokyo", "2026-11-24T17:00:00+09:00", false),
        ("Asia/Tokyo", "2026-11-23T11:00:00+09:00", false),
        ("Asia/Tokyo", "2026-11-22T11:00:00+09:00", false),
        ("Asia/Tokyo", "2026-12-29T11:00:00+09:00", false),
        // Summer time ends in New York on 2026-11-01: 10:00 is 14:00 UTC before it and 15:00 UTC after it.
        ("America/New_York", "2026-10-30T14:00:00Z", true),
        ("America/New_York", "2026-10-30T13:59:59Z", false),
        ("America/New_York", "2026-11-02T14:59:59Z", false),
        ("America/New_York", "2026-11-02T15:00:00Z", true),
        ("Europe/London", "2026-03-27T10:00:00Z", true),
        ("Europe/London", "2026-03-30T09:00:00Z", true),
        ("Europe/London", "2026-03-30T16:00:00Z", false),
    ] {
        let now = instant.parse::<DateTime<Utc>>().expect("an instant");
        assert_eq!(calendar(zone).at(now).is_working, expected, "{zone} {instant}");
    }
}

#[test]
fn a_break_is_half_open_and_inside_the_hours() {
    let hours = BusinessHours::parse("10:00-17:00").expect("hours");
    let span = |text| BusinessHours::parse(text).expect("a span");
    let with_break = hours.with_break(span("12:00-13:00")).expect("it is inside");
    assert_eq!(with_break.to_string(), "10:00-12:00, 13:00-17:00");
    assert_eq!((with_break.start(), with_break.end(), with_break.minutes()), (hours.start(), hours.end(), 600..1020));
    let calendar = Calendar { hours: with_break, ..calendar("Asia/Tokyo") };
    for (instant, is_working, is_break) in [
        ("2026-11-24T11:59:59+09:00", true, false),
        ("2026-11-24T12:00:00+09:00", false, true),
        ("2026-11-24T12:59:59+09:00", false, true),
        ("2026-11-24T13:00:00+09:00", true, false),
        ("2026-11-24T17:00:00+09:00", false, false),
        ("2026-11-23T12:30:00+09:00", false, false),
    ] {
        let moment = calendar.at(instant.parse().expect("an instant"));
        assert_eq!((moment.is_working, moment.is_break), (is_working, is_break), "{instant}");
    }
    for outside in ["09:00-10:30", "10:00-11:00", "16:00-17:00", "16:30-18:00", "10:00-17:00", "18:00-19:00"] {
        assert_eq!(hours.with_break(span(outside)), None, "{outside}");
    }
}

#[test]
fn the_next_working_day_skips_days_off() {
    for (from, next, last) in [
        ("2026-11-20", "2026-11-24", "2026-11-19"),
        ("2026-11-24", "2026-11-25", "2026-11-20"),
        ("2026-09-18", "2026-09-24", "2026-09-17"),
        ("2026-05-01", "2026-05-07", "2026-04-30"),
        ("2026-12-28", "2026-12-30", "2026-12-25"),
        ("2026-12-31", "2027-01-04", "2026-12-30"),
    ] {
        let calendar = calendar("Asia/Tokyo");
        assert_eq!(calendar.next_working_day(date(from)), Some(date(next)), "after {from}");
        assert_eq!(calendar.last_working_day(date(from)), Some(date(last)), "before {from}");
    }
    let never = Calendar { days: BusinessDays([false; 7]), ..calendar("Asia/Tokyo") };
    assert_eq!(never.next_working_day(date("2026-11-20")), None);
}

#[test]
fn hours_and_days_are_read_from_settings() {
    for (text, expected) in [
        ("10:00-17:00", Some("10:00-17:00")),
        ("9:30 - 24:00", Some("09:30-24:00")),
        ("00:00-24:00", Some("00:00-24:00")),
        ("17:00-10:00", None),
        ("10:00-10:00", None),
        ("10:00-24:01", None),
        ("10-17", None),
        ("10:00", None),
        ("+1:00-17:00", None),
        ("10:00-17:60", None),
        ("10:00-17:5", None),
        ("9:00-17:0x", None),
    ] {
        assert_eq!(BusinessHours::parse(text).map(|hours| hours.to_string()).as_deref(), expected, "{text}");
    }
    for (text, expected) in [
        ("Mon-Fri", Some([true, true, true, true, true, false, false])),
        ("mon, wed,Fri", Some([true, false, true, false, true, false, false])),
        ("Sat-Mon", Some([true, false, false, false, false, true, true])),
        ("Mon-Sun", Some([true; 7])),
        ("weekdays", None),
        ("", None),
    ] {
        assert_eq!(BusinessDays::parse(text), expected.map(BusinessDays), "{text}");
    }
}

#[test]
fn hours_that_summer_time_skips_begin_and_end_when_clocks_go_on() {
    for (zone, hours, day, opening, closing) in [
        // At 02:00 it is 03:00.
        ("America/New_York", "02:00-10:00", "2026-03-08", "2026-03-08T07:00:00Z", "2026-03-08T14:00:00Z"),
        ("America/New_York", "01:00-02:00", "2026-03-08", "2026-03-08T06:00:00Z", "2026-03-08T07:00:00Z"),
        // At midnight it is 01:00.
        ("America/Santiago", "00:00-10:00", "2026-09-06", "2026-09-06T04:00:00Z", "2026-09-06T13:00:00Z"),
        ("America/Santiago", "10:00-24:00", "2026-09-05", "2026-09-05T14:00:00Z", "2026-09-06T04:00:00Z"),
    ] {
        let calendar = Calendar { hours: BusinessHours::parse(hours).expect("hours"), ..calendar(zone) };
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("an instant");
        let day = date(day);
        assert_eq!((calendar.opening(day), calendar.closing(day)), (at(opening), at(closing)), "{zone} {hours}");
    }
}

#[test]
fn whoever_has_written_no_hours_is_told_what_they_have_to_be() {
    let usual = ["a span of one day (24:00 is a valid end)", "1 日の中の時間帯 (終わりは 24:00 まで)"];
    let over_midnight = [
        "a span of one day (hours over midnight are not supported: set those of one side of it, such as 18:00-24:00, or the \
         whole day, 00:00-24:00)",
        "1 日の中の時間帯 (0 時をまたぐ時間帯は設定できません。18:00-24:00 のように 0 時の前か後だけにするか、00:00-24:00 で 1 日全体にしてください)",
    ];
    for (text, expected) in [
        ("18:00-02:00", over_midnight),
        ("10:00-09:59", over_midnight),
        ("10:00-10:00", usual),
        ("10:00-24:01", usual),
        ("10-17", usual),
        ("10:00", usual),
    ] {
        let both = [Language::English, Language::Japanese].map(|language| BusinessHours::expected(text, language));
        assert_eq!(both, expected, "{text}");
    }
}
