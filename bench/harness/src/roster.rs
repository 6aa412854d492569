//! Who is on call: the rotation that the fake sheet serves and that the fake chats expect to see mentioned.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

pub struct Person {
    pub name: &'static str,
    pub slack: &'static str,
    pub typetalk: &'static str,
    pub pagerduty: &'static str,
}

pub const PEOPLE: [Person; 6] = [
    Person { name: "佐藤", slack: "U0BENCHSATO", typetalk: "sato", pagerduty: "PSATO01" },
    Person { name: "鈴木", slack: "U0BENCHSUZU", typetalk: "suzuki", pagerduty: "PSUZUK1" },
    Person { name: "高橋", slack: "U0BENCHTAKA", typetalk: "takahashi", pagerduty: "PTAKAH1" },
    Person { name: "田中", slack: "U0BENCHTANA", typetalk: "tanaka", pagerduty: "PTANAK1" },
    Person { name: "伊藤", slack: "U0BENCHITOO", typetalk: "ito", pagerduty: "PITO001" },
    Person { name: "渡辺", slack: "U0BENCHWATA", typetalk: "watanabe", pagerduty: "PWATAN1" },
];

/// The function's time zone's offset from UTC, in minutes.
#[derive(Clone, Copy)]
pub struct Offset(pub i32);

impl Default for Offset {
    /// Asia/Tokyo, which has no summer time.
    fn default() -> Self {
        Self(9 * 60)
    }
}

impl Offset {
    /// Days since 1970-01-01 there.
    pub fn day(self, now: DateTime<Utc>) -> i64 {
        (now.timestamp() + i64::from(self.0) * 60).div_euclid(86_400)
    }
}

pub fn pair(day: i64) -> [&'static Person; 2] {
    let first = (day * 2).rem_euclid(6) as usize;
    [&PEOPLE[first], &PEOPLE[first + 1]]
}

/// How a date cell is written, after Sheets' `valueRenderOption` and `dateTimeRenderOption`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Dates {
    /// Days since 1899-12-30.
    Serial,
    Text,
}

/// The rotation tab: a header row and 400 days around `today`. Rows end with their last filled cell, as in Sheets.
pub fn rotation(today: i64, dates: Dates) -> Value {
    const UNIX_EPOCH_SERIAL: i64 = 25_569;
    let mut rows = vec![json!(["日付", "担当1", "担当2", "備考"])];
    for day in today - 200..today + 200 {
        let date = match dates {
            Dates::Serial => json!(day + UNIX_EPOCH_SERIAL),
            Dates::Text => DateTime::from_timestamp(day * 86_400, 0)
                .map_or(Value::Null, |d| json!(d.format("%Y/%m/%d").to_string())),
        };
        let [a, b] = pair(day);
        rows.push(match day % 28 {
            0 => json!([date, a.name, b.name, "交代しました"]),
            _ => json!([date, a.name, b.name]),
        });
    }
    Value::Array(rows)
}

pub fn members() -> Value {
    let mut rows = vec![json!(["name", "slack", "typetalk", "pagerduty"])];
    rows.extend(PEOPLE.iter().map(|p| json!([p.name, p.slack, p.typetalk, p.pagerduty])));
    Value::Array(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_sheets_serial_numbers() {
        let new_year_2000 = 10_957;
        for (dates, wanted) in [(Dates::Serial, json!(36_526)), (Dates::Text, json!("2000/01/01"))] {
            let rows = rotation(new_year_2000, dates);
            assert_eq!(rows.as_array().map(Vec::len), Some(401));
            assert_eq!(rows[201][0], wanted);
            assert_eq!(rows[201][1], pair(new_year_2000)[0].name);
        }
        let moment = DateTime::from_timestamp(1_000_000_000, 0).unwrap_or_default();
        assert_eq!(Offset::default().day(moment), 11_574);
        assert_eq!(Offset(-570).day(moment), 11_573);
    }
}
