//! A time on the command line: with its own zone, or as people write it, in that of the team.

use super::language::language;
use crate::domain::message::Language;
use crate::setup::wiring::environment;
use chrono::{DateTime, LocalResult, NaiveDate, NaiveDateTime, TimeZone as _, Utc};
use chrono_tz::Tz;

/// Reads the time of `--at`. A `TIME_ZONE` that is none is a fault that every command reports by itself.
pub(super) fn time(text: &str) -> Result<DateTime<Utc>, String> {
    let zone = environment("TIME_ZONE").and_then(|zone| zone.trim().parse().ok());
    read(text, zone.unwrap_or(Tz::Asia__Tokyo), language())
}

fn read(text: &str, zone: Tz, language: Language) -> Result<DateTime<Utc>, String> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(time.to_utc());
    }
    let local = local(text).ok_or_else(|| neither(language))?;
    match zone.from_local_datetime(&local) {
        LocalResult::Single(time) => Ok(time.to_utc()),
        LocalResult::Ambiguous(one, other) => Err(twice(zone, one, other, language)),
        LocalResult::None => Err(never(zone, language)),
    }
}

/// `2026-11-24 11:02`, also with a `T` in the middle, or with seconds.
fn local(text: &str) -> Option<NaiveDateTime> {
    let form = b"0000-00-00 00:00:00";
    let bytes = text.as_bytes();
    if ![16, 19].contains(&bytes.len()) {
        return None;
    }
    let is_right = |(byte, wanted): (&u8, &u8)| match wanted {
        b'0' => byte.is_ascii_digit(),
        b' ' => matches!(byte, b' ' | b'T'),
        other => byte == other,
    };
    if !bytes.iter().zip(form).all(is_right) {
        return None;
    }
    // Only ASCII is left.
    let number = |from: usize, to: usize| text.get(from..to).map_or(Some(0), |digits| digits.parse::<u32>().ok());
    let date = NaiveDate::from_ymd_opt(i32::try_from(number(0, 4)?).ok()?, number(5, 7)?, number(8, 10)?)?;
    date.and_hms_opt(number(11, 13)?, number(14, 16)?, number(17, 19)?)
}

fn neither(language: Language) -> String {
    let forms = ["2026-11-24 11:02", "2026-11-24T11:02:00+09:00"];
    match language {
        Language::English => format!("not a time such as '{}' (in TIME_ZONE) or {} (RFC 3339)", forms[0], forms[1]),
        Language::Japanese => {
            format!(
                "時刻ではありません。'{}' (TIME_ZONE での時刻) か {} (RFC 3339) の形で書いてください",
                forms[0], forms[1]
            )
        }
    }
}

fn never(zone: Tz, language: Language) -> String {
    match language {
        Language::English => format!("there is no such time in {zone}, where clocks are put forward over it"),
        Language::Japanese => format!("{zone} では時計が進められて飛ばされるため、その時刻はありません"),
    }
}

fn twice(zone: Tz, one: DateTime<Tz>, other: DateTime<Tz>, language: Language) -> String {
    let [one, other] = [one, other].map(|time| time.to_rfc3339());
    match language {
        Language::English => {
            format!("that time comes twice in {zone}, where clocks are put back: write {one} or {other}")
        }
        Language::Japanese => {
            format!("{zone} では時計が戻されるため、その時刻は 2 回あります。{one} か {other} と書いてください")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_as_people_write_it_and_as_machines_do() {
        let neither = "not a time such as '2026-11-24 11:02' (in TIME_ZONE) or 2026-11-24T11:02:00+09:00 (RFC 3339)";
        for (text, zone, expected) in [
            ("2026-11-24 11:02", "Asia/Tokyo", Ok("2026-11-24T02:02:00+00:00")),
            ("2026-11-24T11:02", "Asia/Tokyo", Ok("2026-11-24T02:02:00+00:00")),
            ("2026-11-24 11:02:05", "Asia/Tokyo", Ok("2026-11-24T02:02:05+00:00")),
            ("2026-11-24T11:02:05", "Europe/London", Ok("2026-11-24T11:02:05+00:00")),
            ("2026-11-24 00:00", "America/New_York", Ok("2026-11-24T05:00:00+00:00")),
            ("2026-11-24T11:02:00+09:00", "America/New_York", Ok("2026-11-24T02:02:00+00:00")),
            ("2026-11-24T02:02:00Z", "Asia/Tokyo", Ok("2026-11-24T02:02:00+00:00")),
            ("2026-11-24T02:02:00.5Z", "Asia/Tokyo", Ok("2026-11-24T02:02:00.500+00:00")),
            // A day of 23 hours, and one of 25.
            ("2026-03-08 01:59", "America/New_York", Ok("2026-03-08T06:59:00+00:00")),
            (
                "2026-03-08 02:30",
                "America/New_York",
                Err("there is no such time in America/New_York, where clocks are put forward over it"),
            ),
            ("2026-03-08 03:00", "America/New_York", Ok("2026-03-08T07:00:00+00:00")),
            (
                "2026-10-25 01:30",
                "Europe/London",
                Err(
                    "that time comes twice in Europe/London, where clocks are put back: write 2026-10-25T01:30:00+01:00 or \
                     2026-10-25T01:30:00+00:00",
                ),
            ),
            ("2026-10-25T01:30:00+01:00", "Europe/London", Ok("2026-10-25T00:30:00+00:00")),
            ("2026-10-25 02:00", "Europe/London", Ok("2026-10-25T02:00:00+00:00")),
            ("", "Asia/Tokyo", Err(neither)),
            ("noon", "Asia/Tokyo", Err(neither)),
            ("11:02", "Asia/Tokyo", Err(neither)),
            ("2026-11-24", "Asia/Tokyo", Err(neither)),
            ("2026-11-24 11", "Asia/Tokyo", Err(neither)),
            ("2026-11-24  11:2", "Asia/Tokyo", Err(neither)),
            ("2026/11/24 11:02", "Asia/Tokyo", Err(neither)),
            ("2026-11-24 11:02 ", "Asia/Tokyo", Err(neither)),
            ("2026-11-24 24:00", "Asia/Tokyo", Err(neither)),
            ("2026-11-24 11:60", "Asia/Tokyo", Err(neither)),
            ("2026-11-24 11:02:60", "Asia/Tokyo", Err(neither)),
            ("2026-02-29 11:02", "Asia/Tokyo", Err(neither)),
            ("2026-11-24 11:02 JST", "Asia/Tokyo", Err(neither)),
            ("2026-11-24T11:02+09:00", "Asia/Tokyo", Err(neither)),
            ("２０２６-11-24 11:02", "Asia/Tokyo", Err(neither)),
            ("+026-11-24 11:02", "Asia/Tokyo", Err(neither)),
        ] {
            let read = read(text, zone.parse().expect("a zone"), Language::English);
            let read = read.map(|time| time.to_rfc3339());
            assert_eq!(read.as_deref().map_err(String::as_str), expected, "{text} in {zone}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_time_is_said_in_japanese_too() {
        for (text, zone, expected) in [
            (
                "noon",
                "Asia/Tokyo",
                "時刻ではありません。'2026-11-24 11:02' (TIME_ZONE での時刻) か 2026-11-24T11:02:00+09:00 (RFC 3339) の形で書いてください",
            ),
            (
                "2026-03-08 02:30",
                "America/New_York",
                "America/New_York では時計が進められて飛ばされるため、その時刻はありません",
            ),
            (
                "2026-10-25 01:30",
                "Europe/London",
                "Europe/London では時計が戻されるため、その時刻は 2 回あります。2026-10-25T01:30:00+01:00 か 2026-10-25T01:30:00+00:00 \
                 と書いてください",
            ),
        ] {
            let read = read(text, zone.parse().expect("a zone"), Language::Japanese);
            assert_eq!(read.expect_err("it is no time"), expected);
        }
    }
}
