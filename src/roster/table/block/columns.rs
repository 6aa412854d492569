//! What the columns below a header are.

use super::super::cells::{Entry, Sheet};
use super::super::date;
use super::super::heading::{Kind, bare};
use super::super::people::Names;
use super::header::Header;
use super::{Block, Layout, Length};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::ops::Range;

/// What stands in a column, counted.
#[derive(Debug, Default, Clone, Copy)]
pub struct Count {
    pub filled: usize,
    pub dates: usize,
    /// Of these the ones that are more than the number of a day.
    pub full: usize,
    /// The dates that are not the one above again.
    pub changes: usize,
    pub weekdays: usize,
    pub people: usize,
}

impl Count {
    pub fn is_mostly(&self, some: usize) -> bool {
        some * 2 > self.filled
    }
}

/// What stands in a column. `names` is asked only when people are to be counted.
pub fn count(sheet: &Sheet, rows: Range<usize>, column: usize, names: Option<&Names>) -> Count {
    let mut count = Count::default();
    let mut above = None;
    for row in rows {
        let entry = sheet.entry(row, column);
        if entry.is_blank() {
            continue;
        }
        count.filled += 1;
        let text = if let Entry::Text(text) = entry { text.as_ref() } else { "" };
        if let Some(written) = date::read(entry) {
            count.dates += 1;
            count.full += usize::from(written.is_full());
            count.changes += usize::from(above.replace(written) != Some(written));
        } else if date::weekday(text).is_some() {
            count.weekdays += 1;
        }
        count.people += usize::from(names.is_some_and(|names| names.are_members(&entry.text())));
    }
    count
}

/// Reads the headings of one run of columns; a further date with people before it begins a table of its own.
pub fn read(
    sheet: &Sheet,
    names: &Names,
    header: &Header,
    rows: Range<usize>,
    columns: Range<usize>,
    layout: &mut Layout,
) {
    let kinds: Vec<_> = columns.clone().map(|column| (column, meant(sheet, header, &rows, column))).collect();
    let mut tables: Vec<Vec<(usize, Kind)>> = vec![Vec::new()];
    for (column, kind) in kinds {
        let table = tables.last().expect("there is always one");
        let has = |wanted: Kind| table.iter().any(|(_, known)| *known == wanted);
        if kind == Kind::Date && has(Kind::Date) && (has(Kind::OnCall) || has(Kind::Weak)) {
            tables.push(Vec::new());
        }
        tables.last_mut().expect("there is always one").push((column, kind));
    }
    let is_parted = tables.len() > 1;
    let found: Vec<_> = tables.iter().map(|table| block(sheet, names, header, &rows, table)).collect();
    // Names may stand before their dates; then a table that was parted ends with a date whose name is in the next one.
    if is_parted && !found.iter().all(|found| matches!(found, Found::Block(_))) {
        layout
            .without_people
            .extend(tables.iter().filter_map(|table| date_of(table)).map(|column| (header.row, column)));
        return;
    }
    for found in found {
        match found {
            Found::Block(block) => layout.blocks.push(*block),
            Found::WithoutPeople(column) => layout.without_people.push((header.row, column)),
            Found::Changes(column) => layout.changes.push((rows.clone(), column)),
            Found::Nothing => {}
        }
    }
}

enum Found {
    Block(Box<Block>),
    /// There are dates, but no column says who is on call.
    WithoutPeople(usize),
    /// The dates of a list of changes.
    Changes(usize),
    Nothing,
}

fn date_of(table: &[(usize, Kind)]) -> Option<usize> {
    table.iter().find(|(_, kind)| *kind == Kind::Date).map(|(column, _)| *column)
}

/// A column's kind by its heading, and by what stands in it: a date's heading above weekdays is a weekday's.
fn meant(sheet: &Sheet, header: &Header, rows: &Range<usize>, column: usize) -> Kind {
    let kind = header.kind(sheet, column);
    let is_blank = header.entry(sheet, column).is_blank();
    if kind != Kind::Date && !is_blank {
        return kind;
    }
    if is_of_weekdays(sheet, rows, column) { Kind::Weekday } else { kind }
}

/// Whether most of what stands in a column is weekdays.
fn is_of_weekdays(sheet: &Sheet, rows: &Range<usize>, column: usize) -> bool {
    let entries = || rows.clone().map(|row| sheet.entry(row, column)).filter(|entry| !entry.is_blank());
    let is_one = |entry: &&Entry| matches!(entry, Entry::Text(text) if date::weekday(text).is_some() && date::read(entry).is_none());
    entries().filter(is_one).count() * 2 > entries().count()
}

fn block(sheet: &Sheet, names: &Names, header: &Header, rows: &Range<usize>, table: &[(usize, Kind)]) -> Found {
    let of = |wanted: Kind| table.iter().filter(move |(_, kind)| *kind == wanted).map(|(column, _)| *column);
    let dates = |column: usize| count(sheet, rows.clone(), column, None).dates;
    let most_dates = |columns: &mut dyn Iterator<Item = usize>| {
        let counts: Vec<_> =
            columns.map(|column| (count(sheet, rows.clone(), column, None), Reverse(column))).collect();
        // The week may stand beside each of its days.
        let most = counts.iter().max_by_key(|(count, column)| (count.dates, count.changes, *column))?;
        // Numbers of weeks may stand before full dates.
        let full = counts.iter().max_by_key(|(count, column)| (count.full.min(count.changes), *column))?;
        let (count, column) = if full.0.full.min(full.0.changes) * 2 >= most.0.dates { full } else { most };
        Some((column.0, count.dates))
    };
    let is_unnamed = |column: &usize| header.entry(sheet, *column).is_blank();
    let unnamed: Vec<_> = of(Kind::Other).filter(is_unnamed).collect();
    let date = duty_date(sheet, header, &mut of(Kind::Date), &dates)
        .or_else(|| most_dates(&mut of(Kind::Date)))
        .or_else(|| {
            most_dates(&mut unnamed.iter().copied()).filter(|(column, dates)| {
                let count = count(sheet, rows.clone(), *column, None);
                *dates > 0 && count.is_mostly(count.dates)
            })
        });
    let Some((date, dates_in_it)) = date else {
        let changes = most_dates(&mut of(Kind::Change)).filter(|(_, dates)| *dates > 0);
        return changes.map_or(Found::Nothing, |(column, _)| Found::Changes(column));
    };
    let has_people = |column: usize| {
        let count = count(sheet, rows.clone(), column, Some(names));
        count.people > 0 && count.is_mostly(count.people)
    };
    // Numbers below 対応 or "on-call hours" are counted, not people.
    let is_counted = |column: &usize| count_numbers(sheet, rows, *column) && !has_people(*column);
    let mut on_call: Vec<_> = of(Kind::OnCall).filter(|column| !is_counted(column)).collect();
    if on_call.is_empty() {
        on_call.extend(of(Kind::OnCall));
    }
    let beside_change: Vec<_> = of(Kind::Change).collect();
    let is_weak = on_call.is_empty();
    if is_weak
        && !of(Kind::Other).any(has_people)
        && !of(Kind::Note).any(|column| is_reason(&header.entry(sheet, column).text()))
    {
        // A heading such as 氏名 says who is on call only where nobody else stands in the table.
        on_call.extend(of(Kind::Weak).take(1));
    }
    let half: Vec<_> = of(Kind::Half).collect();
    // Who is on call in which team depends on more than the day.
    let beside = unnamed.iter().copied().filter(|column| *column != date && has_people(*column));
    let groups: BTreeSet<_> = on_call.iter().copied().chain(beside).map(|column| header.group(sheet, column)).collect();
    if (on_call.is_empty() && half.is_empty()) || groups.len() > 1 {
        let is_meant = of(Kind::Night).next().is_some() || table.iter().any(|(column, _)| has_people(*column));
        if of(Kind::Change).chain(of(Kind::Deputy)).next().is_some() {
            return Found::Changes(date);
        }
        return if dates_in_it > 0 && is_meant { Found::WithoutPeople(date) } else { Found::Nothing };
    }
    let unnamed: Vec<_> = unnamed.into_iter().filter(|column| *column != date).collect();
    let end = most_dates(&mut of(Kind::End))
        .map(|(column, _)| column)
        .or_else(|| unnamed_end(sheet, rows, (date, dates_in_it), &unnamed));
    let read = |column: usize| column == date || Some(column) == end || on_call.contains(&column);
    Found::Block(Box::new(Block {
        header: Some(header.row),
        rows: rows.clone(),
        date,
        end,
        weekday: of(Kind::Weekday).next(),
        month: of(Kind::Month).next(),
        year: of(Kind::Year).next(),
        deputy: of(Kind::Deputy).next(),
        night: of(Kind::Night).collect(),
        half,
        group: groups.first().cloned().flatten(),
        has_lengths: of(Kind::Other).any(|column| is_length(&header.entry(sheet, column).text())),
        is_for_weekdays: on_call.iter().any(|column| is_for_weekdays(&header.entry(sheet, *column).text())),
        change: beside_change,
        notes: of(Kind::Note).collect(),
        others: [Kind::Other, Kind::Weak, Kind::Boss]
            .into_iter()
            .flat_map(of)
            .filter(|column| !read(*column) && !is_unnamed(column))
            .collect(),
        unnamed: unnamed.into_iter().filter(|column| !read(*column)).collect(),
        length: length(&header.entry(sheet, date).text()),
        is_weak,
        on_call,
    }))
}

/// Of several columns of dates the one whose heading says that it is on call: not the day on which a row was written.
fn duty_date(
    sheet: &Sheet,
    header: &Header,
    columns: &mut dyn Iterator<Item = usize>,
    dates: &dyn Fn(usize) -> usize,
) -> Option<(usize, usize)> {
    let is_of_duty = |column: usize| {
        let text = header.entry(sheet, column).text();
        let bare = bare(&text);
        ["当番", "担当", "オンコール", "oncall", "duty"].iter().any(|word| bare.contains(word))
    };
    columns.filter(|column| is_of_duty(*column)).map(|column| (column, dates(column))).find(|(_, dates)| *dates > 0)
}

/// Whether most of what stands in a column is numbers.
fn count_numbers(sheet: &Sheet, rows: &Range<usize>, column: usize) -> bool {
    let entries = || rows.clone().map(|row| sheet.entry(row, column)).filter(|entry| !entry.is_blank());
    let numbers = entries().filter(|entry| matches!(entry, Entry::Number(_))).count();
    numbers > 0 && numbers * 2 > entries().count()
}

/// Whether a heading says that its people are on call on weekdays only.
pub fn is_for_weekdays(text: &str) -> bool {
    let lower = text.to_lowercase();
    ["平日", "weekdays only", "weekday on-call", "weekdays"].iter().any(|word| lower.contains(word))
}

/// Whether a column says for how many days a row is.
fn is_length(heading: &str) -> bool {
    ["日数", "days", "numberofdays", "duration"].contains(&bare(heading).as_ref())
}

/// A reason stands beside somebody who is away.
fn is_reason(heading: &str) -> bool {
    let bare = bare(heading);
    ["理由", "事由", "reason"].iter().any(|word| bare.contains(word))
}

/// A column without a heading that has a date in most of the rows that have one.
fn unnamed_end(sheet: &Sheet, rows: &Range<usize>, (date, dates): (usize, usize), unnamed: &[usize]) -> Option<usize> {
    unnamed.iter().copied().find(|column| {
        let count = count(sheet, rows.clone(), *column, None);
        *column > date && count.is_mostly(count.dates) && count.dates * 2 > dates
    })
}

fn length(heading: &str) -> Length {
    let bare = bare(heading);
    let has = |words: &[&str]| words.iter().any(|word| bare.contains(word));
    if has(&["週", "week", "wc", "fortnight"]) {
        Length::Week
    } else if has(&["開始", "start", "beginning", "commencing", "from"]) {
        Length::Start
    } else {
        Length::Unsaid
    }
}
