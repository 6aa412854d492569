//! Ranges in A1 notation: <https://developers.google.com/workspace/sheets/api/guides/concepts#cell>.

use chrono::{Datelike as _, Days, Months, NaiveDate};

/// Which part of which tab; the optional ones are read only if set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranges {
    /// `ROTATION_RANGE`. `{YYYY}`, `{YY}`, `{MM}` and `{M}` in it are those of the month, where each has a tab.
    pub rotation: String,
    /// `MEMBERS_RANGE`
    pub members: Option<String>,
    /// `RUNBOOKS_RANGE`
    pub runbooks: Option<String>,
    /// `HOLIDAYS_RANGE`
    pub holidays: Option<String>,
}

/// What a range is read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Rotation,
    /// The tab of the month before or after. The next one should be there when its first day is near.
    Neighbour {
        is_near: bool,
        /// Its name says no year, so it may still be last year's.
        may_be_old: bool,
    },
    Members,
    Runbooks,
    Holidays,
}

/// A range to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Its tab is in quotation marks, so that `R8` and `2026:11` are tabs.
    pub range: String,
    pub what: What,
}

impl Ranges {
    /// What is needed on that day. Rows of the month before may reach into it.
    pub fn wanted(&self, today: NaiveDate) -> Vec<Wanted> {
        const REACH: u32 = 14;
        let mut wanted = vec![Wanted { range: quoted(&of_month(&self.rotation, today)), what: What::Rotation }];
        if ["{M}", "{MM}"].iter().any(|month| self.rotation.contains(month)) {
            let has_year = ["{YY}", "{YYYY}"].iter().any(|year| self.rotation.contains(year));
            let first = today.with_day(1).unwrap_or(today);
            let next = first.checked_add_months(Months::new(1)).unwrap_or(first);
            let is_near = today.checked_add_days(Days::new(REACH.into())).is_some_and(|day| day >= next);
            let before = first.pred_opt().filter(|_| today.day() <= REACH);
            let months = [Some((next, is_near, !has_year)), before.map(|day| (day, false, false))];
            let neighbour = |(day, is_near, may_be_old): (NaiveDate, bool, bool)| Wanted {
                range: quoted(&of_month(&self.rotation, day)),
                what: What::Neighbour { is_near, may_be_old },
            };
            wanted.extend(months.into_iter().flatten().map(neighbour));
        }
        let others =
            [(&self.members, What::Members), (&self.runbooks, What::Runbooks), (&self.holidays, What::Holidays)];
        wanted.extend(
            others.into_iter().filter_map(|(range, what)| Some(Wanted { range: quoted(range.as_ref()?), what })),
        );
        wanted
    }
}

impl Wanted {
    pub fn tab(&self) -> String {
        place(&self.range).0
    }

    /// Whether it is that range, however its tab is quoted.
    pub fn is(&self, range: &str) -> bool {
        self.range == range.trim() || quoted(range.trim()) == self.range
    }

    pub fn is_neighbour(&self) -> bool {
        matches!(self.what, What::Neighbour { .. })
    }

    /// Whether everything else can be read without it.
    pub fn is_optional(&self) -> bool {
        self.what != What::Rotation
    }

    /// Whether it is told that its tab is not there; then, whether somebody may lose their call by it.
    pub fn told(&self) -> Option<bool> {
        match self.what {
            What::Rotation | What::Members => Some(true),
            What::Neighbour { is_near, .. } => is_near.then_some(true),
            What::Runbooks | What::Holidays => Some(false),
        }
    }
}

/// A range with the month of a day in it.
fn of_month(range: &str, day: NaiveDate) -> String {
    let (year, month) = (day.year(), day.month());
    range
        .replace("{YYYY}", &format!("{year:04}"))
        .replace("{YY}", &format!("{:02}", year % 100))
        .replace("{MM}", &format!("{month:02}"))
        .replace("{M}", &month.to_string())
}

/// A range whose tab is in quotation marks. Without a `!`, cells such as `A:Z` are those of the first tab, and anything
/// else is a tab.
fn quoted(range: &str) -> String {
    let quote = |tab: &str| match tab.strip_prefix('\'').and_then(|tab| tab.strip_suffix('\'')) {
        Some(_) => tab.to_owned(),
        None => format!("'{}'", tab.replace('\'', "''")),
    };
    match range.rsplit_once('!') {
        Some((tab, cells)) if is_cells(cells) => format!("{}!{cells}", quote(tab)),
        _ if range.contains(':') && is_cells(range) => range.to_owned(),
        _ => quote(range),
    }
}

/// A range as people write it: without quotation marks that its tab does not need.
pub fn shown(range: &str) -> String {
    let range = range.trim();
    let (tab, _) = place(range);
    let is_plain = !tab.is_empty() && tab.chars().all(|c| c.is_alphanumeric() || c == '_');
    if is_plain { range.replacen(&format!("'{tab}'"), &tab, 1) } else { range.to_owned() }
}

/// `A:Z`, `B5:Z`, `A1`, `2:9`.
fn is_cells(text: &str) -> bool {
    let is_corner = |corner: &str| {
        let digits = corner.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == '$');
        !corner.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == '$')
    };
    text.split(':').count() <= 2 && text.split(':').all(is_corner)
}

/// Tab and first cell of a range: `'当番 表'!B5:Z` is the tab `当番 表` from row 5, column 2.
pub fn place(range: &str) -> (String, (u32, u32)) {
    let (tab, cells) = match range.rsplit_once('!') {
        Some((tab, cells)) if !cells.ends_with('\'') => (tab, cells),
        _ => (range, ""),
    };
    let tab = tab.strip_prefix('\'').and_then(|tab| tab.strip_suffix('\'')).unwrap_or(tab).replace("''", "'");
    let first = cells.split(':').next().unwrap_or_default();
    let letters = first.trim_end_matches(|c: char| c.is_ascii_digit());
    let column = letters.bytes().filter(u8::is_ascii_alphabetic).fold(0_u32, |column, letter| {
        column.saturating_mul(26).saturating_add(u32::from(letter.to_ascii_uppercase() - b'A') + 1)
    });
    let row = first[letters.len()..].parse().unwrap_or(1);
    (tab, (row.max(1), column.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_names_its_tab_and_first_cell() {
        for (range, tab, origin) in [
            ("rotation!A1:Z1000", "rotation", (1, 1)),
            ("rotation!A:Z", "rotation", (1, 1)),
            ("'当番 表'!B5:Z", "当番 表", (5, 2)),
            ("'it''s'!AA10", "it's", (10, 27)),
            ("rotation", "rotation", (1, 1)),
            ("'a!b'", "a!b", (1, 1)),
            ("'a!b'!C3:D", "a!b", (3, 3)),
            ("x!ZZZZZZZZZZ99999999999", "x", (1, u32::MAX)),
        ] {
            assert_eq!(place(range), (tab.to_owned(), origin), "{range}");
        }
    }

    #[test]
    fn a_tab_is_quoted_whatever_it_is_called() {
        for (range, expected) in [
            ("rotation!A:Z", "'rotation'!A:Z"),
            ("'rotation'!A:Z", "'rotation'!A:Z"),
            ("R8!A:Z", "'R8'!A:Z"),
            ("R8", "'R8'"),
            ("2026:11!B5:Z", "'2026:11'!B5:Z"),
            ("当番 表", "'当番 表'"),
            ("it's!A1", "'it''s'!A1"),
            ("A:Z", "A:Z"),
            ("what?!", "'what?!'"),
        ] {
            assert_eq!(quoted(range), expected, "{range}");
            assert_eq!(quoted(expected), expected);
            assert_eq!(quoted(&shown(expected)), expected);
        }
    }

    #[test]
    fn a_month_may_have_a_tab_of_its_own() {
        let ranges = |rotation: &str| Ranges {
            rotation: rotation.into(),
            members: Some("members!A:D".into()),
            runbooks: None,
            holidays: None,
        };
        let wanted = |rotation: &str, today: &str| -> Vec<_> {
            let wanted = ranges(rotation).wanted(today.parse().expect("a date"));
            wanted.into_iter().map(|wanted| (wanted.range, wanted.what)).collect()
        };
        let members = ("'members'!A:D".to_owned(), What::Members);
        let neighbour = |range: &str, is_near, may_be_old| (range.to_owned(), What::Neighbour { is_near, may_be_old });
        assert_eq!(
            wanted("{M}月!A:Z", "2026-11-16"),
            [("'11月'!A:Z".into(), What::Rotation), neighbour("'12月'!A:Z", false, true), members.clone()]
        );
        assert_eq!(
            wanted("'{YYYY}-{MM}'!A:Z", "2026-12-14"),
            [
                ("'2026-12'!A:Z".into(), What::Rotation),
                neighbour("'2027-01'!A:Z", false, false),
                neighbour("'2026-11'!A:Z", false, false),
                members.clone()
            ]
        );
        assert_eq!(wanted("{M}月!A:Z", "2026-11-17")[1], neighbour("'12月'!A:Z", true, true));
        assert_eq!(wanted("{YYYY}!A:Z", "2026-11-17").len(), 2, "a tab for each year has no neighbours");
        assert_eq!(wanted("{旧}!A:Z", "2026-11-17")[0].0, "'{旧}'!A:Z");
        assert_eq!(wanted("rotation!A:Z", "2026-11-17"), [("'rotation'!A:Z".into(), What::Rotation), members]);
    }

    #[test]
    fn a_range_is_shown_without_quotation_marks_that_it_does_not_need() {
        for (range, expected) in [
            ("'rotation'!A:Z", "rotation!A:Z"),
            (" '当番表_11月'!B5:Z ", "当番表_11月!B5:Z"),
            ("'R8'", "R8"),
            ("rotation!A:Z", "rotation!A:Z"),
            ("'当番 表'!A:Z", "'当番 表'!A:Z"),
            ("'2026-11'!A:Z", "'2026-11'!A:Z"),
            ("'it''s'!A1", "'it''s'!A1"),
            ("''!A1", "''!A1"),
            ("A:Z", "A:Z"),
        ] {
            assert_eq!(shown(range), expected, "{range}");
        }
    }

    #[test]
    fn a_range_is_the_same_however_its_tab_is_quoted() {
        let wanted = Wanted { range: "'当番'!A:Z".into(), what: What::Rotation };
        for (range, expected) in [
            ("'当番'!A:Z", true),
            (" '当番'!A:Z ", true),
            ("当番!A:Z", true),
            (" 当番!A:Z", true),
            ("当番!A:Y", false),
            ("当番", false),
            ("", false),
        ] {
            assert_eq!(wanted.is(range), expected, "{range:?}");
        }
    }

    #[test]
    fn only_the_rotation_has_to_be_there_and_only_a_neighbour_is_asked_apart() {
        let neighbour = |is_near| What::Neighbour { is_near, may_be_old: false };
        for (what, expected) in [
            (What::Rotation, (false, false, Some(true))),
            (neighbour(true), (true, true, Some(true))),
            (neighbour(false), (true, true, None)),
            (What::Members, (false, true, Some(true))),
            (What::Runbooks, (false, true, Some(false))),
            (What::Holidays, (false, true, Some(false))),
        ] {
            let wanted = Wanted { range: "'x'!A:Z".into(), what };
            assert_eq!((wanted.is_neighbour(), wanted.is_optional(), wanted.told()), expected, "{what:?}");
        }
    }
}
