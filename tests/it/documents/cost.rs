//! What a month costs: the page's figures are multiplied again, and compared with the counts they come from.

mod bill;
mod counted;
mod flood;

use super::pages::{Page, page};
use super::tables::READMES;
use bill::{Bill, VOLUMES, dollars};

pub const PAGES: [&str; 2] = ["docs/cost.md", "docs/cost.ja.md"];

/// The rows of the table below a mark, `<!-- table: usage -->`, without its heading.
fn table(page: &Page, name: &str) -> Vec<Vec<String>> {
    let mark = format!("<!-- table: {name} -->");
    let (_, rest) = page.text.split_once(&mark).unwrap_or_else(|| panic!("{} has no {mark}", page.path));
    let rows = rest.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    let cells = |row: &str| -> Vec<String> {
        let cells: Vec<_> = row.split('|').map(|cell| cell.trim().to_owned()).collect();
        cells[1..cells.len() - 1].to_vec()
    };
    let rows: Vec<_> = rows.skip(2).map(cells).collect();
    assert!(rows.len() > 5, "{}: the table below {mark} has {} rows", page.path, rows.len());
    rows
}

/// `4,320` and `0.75`; `None` for an empty cell.
fn figure(cell: &str) -> Option<f64> {
    let digits = cell.replace(',', "");
    (!digits.is_empty()).then(|| digits.parse().unwrap_or_else(|error| panic!("'{cell}': {error}")))
}

/// `api-requests`, from a cell that begins with it.
fn key(cell: &str) -> &str {
    cell.split('`').nth(1).unwrap_or_else(|| panic!("'{cell}' begins with no name"))
}

#[test]
fn the_bill_is_usage_times_price() {
    for path in PAGES {
        let page = page(path);
        let bill = Bill::of(&page);
        let mut expected: Vec<Vec<String>> = bill.services().iter().map(|name| bill.row(Some(name), false)).collect();
        expected.push(bill.row(None, false));
        expected.push(bill.row(None, true));
        let found: Vec<_> = table(&page, "bill").into_iter().map(|row| row[1..].to_vec()).collect();
        let lines: Vec<_> = expected.iter().map(|row| format!("| {} |", row.join(" | "))).collect();
        assert_eq!(found, expected, "{path}: it should be, below {VOLUMES:?},\n{}", lines.join("\n"));
        let names: Vec<_> = table(&page, "bill").into_iter().map(|row| row[0].clone()).collect();
        assert_eq!(
            names[..names.len() - 2],
            bill.services(),
            "{path}: the services of the bill are those of the prices"
        );
    }
}

#[test]
fn the_figures_are_the_same_in_both_languages() {
    let [english, japanese] = PAGES.map(page);
    let without = |page: &Page, name: &str, words: &[usize]| -> Vec<Vec<String>> {
        let figures = |row: Vec<String>| {
            let key = (name != "bill").then(|| key(&row[0]).to_owned());
            let cells = row.into_iter().enumerate().filter(|(column, _)| !words.contains(column));
            key.into_iter().chain(cells.map(|(_, cell)| cell)).collect()
        };
        table(page, name).into_iter().map(figures).collect()
    };
    for (name, words) in [("usage", &[0, 1][..]), ("times", &[0]), ("prices", &[0, 5]), ("bill", &[0])] {
        assert_eq!(without(&english, name, words), without(&japanese, name, words), "{name}");
    }
}

/// What a README says beside its link to the page.
#[test]
fn the_readmes_have_the_page_s_totals() {
    for (readme, path) in READMES.into_iter().zip(PAGES) {
        let text = page(readme).text;
        // Up to the next item or paragraph.
        let Some((_, rest)) = text.split_once(&format!("]({path})")) else { continue };
        let found: Vec<_> = rest
            .lines()
            .enumerate()
            .map_while(|(n, line)| (n == 0 || line.starts_with("  ")).then_some(line))
            .collect();
        let found = found.join(" ");
        let figures = || found.split(|c: char| !c.is_ascii_digit() && c != '.' && c != ',');
        for total in &Bill::of(&page(path)).row(None, false)[1..] {
            let (without, _) = total.split_once(" / ").expect("two amounts");
            let is_found = figures().any(|figure| figure.trim_matches(['.', ',']) == without);
            assert!(is_found, "{readme} has no {without} beside its link to {path}: {found}");
        }
    }
}

#[test]
fn dollars_have_two_digits() {
    for (amount, expected) in [
        (0.0, "0"),
        (0.0099, "<0.01"),
        (0.0104, "0.010"),
        (0.0996, "0.10"),
        (0.4, "0.40"),
        (1.749, "1.7"),
        (9.96, "10"),
        (38.2, "38"),
        (104.9, "100"),
        (12_345.0, "12,000"),
    ] {
        assert_eq!(dollars(amount), expected);
    }
}
