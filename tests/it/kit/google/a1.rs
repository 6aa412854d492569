//! Ranges in A1 notation: <https://developers.google.com/workspace/sheets/api/guides/concepts#cell>.

/// A range as it was asked for. Columns and rows count from 1; an open end is `None`.
#[derive(Debug, PartialEq)]
pub struct Range {
    pub tab: String,
    pub columns: (usize, Option<usize>),
    pub rows: (usize, Option<usize>),
}

/// The range, or `None` for what Google cannot parse or might take for something else: a range without a tab, and a tab
/// whose name needs quotes and has none.
pub fn parse(text: &str) -> Option<Range> {
    let (tab, cells) = split(text)?;
    let (columns, rows) = match cells {
        None => ((1, None), (1, None)),
        Some(cells) => match cells.split_once(':') {
            None => match corner(cells)? {
                (Some(column), Some(row)) => ((column, Some(column)), (row, Some(row))),
                _ => return None,
            },
            Some((first, last)) => match (corner(first)?, corner(last)?) {
                ((Some(_), None), (Some(_), Some(_))) => return None,
                ((Some(left), top), (Some(right), bottom)) => ((left, Some(right)), (top.unwrap_or(1), bottom)),
                ((None, Some(top)), (None, Some(bottom))) => ((1, None), (top, Some(bottom))),
                _ => return None,
            },
        },
    };
    let forward = |(first, last): (usize, Option<usize>)| last.is_none_or(|last| first <= last);
    (forward(columns) && forward(rows)).then_some(Range { tab, columns, rows })
}

/// A range with all its ends, as Google names it in its answer.
pub fn name(tab: &str, (left, top): (usize, usize), (right, bottom): (usize, usize)) -> String {
    let is_plain = is_bare(tab) && tab.is_ascii();
    let tab = if is_plain { tab.to_owned() } else { format!("'{}'", tab.replace('\'', "''")) };
    let (left, right) = (letters(left), letters(right));
    let is_one_cell = (&left, top) == (&right, bottom);
    if is_one_cell { format!("{tab}!{left}{top}") } else { format!("{tab}!{left}{top}:{right}{bottom}") }
}

fn split(text: &str) -> Option<(String, Option<&str>)> {
    let Some(quoted) = text.strip_prefix('\'') else {
        let (tab, cells) = text.split_once('!').map_or((text, None), |(tab, cells)| (tab, Some(cells)));
        return is_bare(tab).then(|| (tab.to_owned(), cells));
    };
    // A quote in a name is doubled, so the name ends with the first one that is not.
    let mut tab = String::new();
    let mut rest = quoted;
    loop {
        let (before, after) = rest.split_once('\'')?;
        tab.push_str(before);
        match after.strip_prefix('\'') {
            Some(after) => {
                tab.push('\'');
                rest = after;
            }
            None if tab.is_empty() => return None,
            None if after.is_empty() => return Some((tab, None)),
            None => return Some((tab, Some(after.strip_prefix('!')?))),
        }
    }
}

/// Whether a tab's name can do without quotes: letters and digits, which are not those of a cell.
fn is_bare(tab: &str) -> bool {
    let is_word = tab.chars().all(|char| char.is_alphanumeric() || char == '_');
    let is_number = tab.starts_with(|first: char| first.is_ascii_digit());
    let upper = tab.to_ascii_uppercase();
    let row_and_column = upper.strip_prefix('R').and_then(|rest| rest.split_once('C'));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_r1c1 = row_and_column.is_some_and(|(row, column)| is_digits(row) && is_digits(column));
    let is_a1 = matches!(corner(&upper), Some((Some(_), Some(_))));
    !tab.is_empty() && is_word && !is_number && !is_a1 && !is_r1c1
}

/// A column, a row, or both: `B`, `5`, `B5`.
fn corner(text: &str) -> Option<(Option<usize>, Option<usize>)> {
    let digits = text.trim_start_matches(|char: char| char.is_ascii_uppercase());
    let letters = &text[..text.len() - digits.len()];
    let is_row = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0') && digits.len() < 8;
    if text.is_empty() || letters.len() > 3 || !is_row {
        return None;
    }
    let column = letters.bytes().fold(0, |column, letter| column * 26 + usize::from(letter - b'A') + 1);
    Some(((column > 0).then_some(column), digits.parse().ok()))
}

fn letters(column: usize) -> String {
    let digit = |number: usize| char::from(b'A' + u8::try_from(number % 26).unwrap_or_default());
    match (column - 1) / 26 {
        0 => digit(column - 1).to_string(),
        higher => letters(higher) + &digit(column - 1).to_string(),
    }
}
