//! A rota as a spreadsheet shows it, as SVG. What is read stands beside its rows, or below where the sheet is wide.

use super::Reading;
use crate::conversations::paper::{Colours, Paper, Pen, width, wrapped};
use crate::conversations::shown::{Ink, Part};
use toban::domain::message::{Language, describe};
use toban::domain::rotation::CellRef;
use toban::roster::table::{Cell, Grid, date};

const WIDTH: f64 = 760.0;
const MARGIN: f64 = 16.0;
/// The height of every row, those of the sheet and the lines beside it.
const ROW: f64 = 24.0;
/// The room for row numbers.
const NUMBERS: f64 = 30.0;
const NARROWEST: f64 = 46.0;
/// Left and right of a cell's text.
const PADDING: f64 = 8.0;
/// What has to be free at the right for what is read to stand there.
const BESIDE: f64 = 270.0;

const TEXT: Pen = Pen { size: 13.0, colour: "#202124", weight: "normal" };
const BOLD: Pen = Pen { weight: "bold", ..TEXT };
const GREY: Pen = Pen { size: 12.0, colour: "#5f6368", weight: "normal" };
const FAULT: Pen = Pen { colour: "#b3261e", ..TEXT };
const COLOURS: Colours = Colours { link: TEXT.colour, mention: TEXT.colour, highlight: "#ffffff" };
const MARK: &str = " ✗";

/// The columns' left edges, and the right edge of the last.
struct Columns(Vec<f64>);

impl Columns {
    fn of(grid: &Grid, at: &[CellRef]) -> Self {
        let count = grid.rows.iter().map(Vec::len).max().unwrap_or_default();
        let mut edges = vec![MARGIN + NUMBERS];
        for column in 0..count {
            let texts = grid.rows.iter().zip(1..).filter(|(row, _)| !is_title(row)).map(|(row, number)| {
                let mark = if is_at(at, number, column) { width(MARK, TEXT) } else { 0.0 };
                row.get(column).map_or(0.0, |cell| width(&shown(cell), TEXT) + mark)
            });
            let wide = texts.fold(0.0, f64::max) + 2.0 * PADDING;
            edges.push(edges[column] + wide.max(NARROWEST).ceil());
        }
        Self(edges)
    }

    fn right(&self) -> f64 {
        self.0[self.0.len() - 1]
    }
}

/// Its text runs over the empty cells beside it.
fn is_title(row: &[Cell]) -> bool {
    row.iter().filter(|cell| **cell != Cell::Empty).count() < 2
}

fn is_at(cells: &[CellRef], row: u32, column: usize) -> bool {
    cells.iter().any(|cell| cell.row == row && cell.column as usize == column + 1)
}

/// A cell as Google shows it in Japan.
fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => date(cell).map_or(number.to_string(), |date| date.format("%Y/%m/%d").to_string()),
    }
}

/// The top of a row; 0 is that of the column letters.
fn top(row: usize) -> f64 {
    MARGIN + ROW * row as f64
}

fn baseline(row: usize) -> f64 {
    top(row) + 16.5
}

pub fn picture(title: &str, grid: &Grid, reading: &Reading, language: Language) -> String {
    let (heading, nobody) = match language {
        Language::Japanese => ("toban が読み取る当番", "当番は読み取らず、代わりの宛先に知らせます"),
        Language::English => ("What toban reads", "Nobody is read; the fallback is told"),
    };
    let at: Vec<_> = reading.findings.iter().flat_map(|finding| finding.cells()).collect();
    let mut paper = Paper::default();
    let columns = Columns::of(grid, &at);
    sheet(&mut paper, grid, &columns, &at);

    let is_beside = WIDTH - columns.right() >= BESIDE;
    let x = if is_beside { columns.right() + 24.0 } else { MARGIN };
    let head = if is_beside { 0 } else { grid.rows.len() + 2 };
    paper.text(x, baseline(head), heading, BOLD);
    let mut next = head + 1;
    for turn in &reading.turns {
        let row = if is_beside { turn.at.row as usize } else { next };
        paper.text(x, baseline(row), &turn.text, TEXT);
        next = row + 1;
    }
    let faults = reading.findings.iter().map(|finding| format!("✗ {}", describe(finding, language).plain()));
    let nobody = reading.turns.is_empty().then(|| nobody.to_owned());
    for (text, pen) in faults.map(|text| (text, FAULT)).chain(nobody.map(|text| (text, TEXT))) {
        for line in wrapped(&[Part { ink: Ink::Plain, text }], pen, WIDTH - MARGIN - x) {
            paper.line(x, baseline(next), &line, pen, COLOURS);
            next += 1;
        }
    }
    paper.y = top(next.max(grid.rows.len() + 1));
    paper.finish(WIDTH, title, "#ffffff")
}

fn sheet(paper: &mut Paper, grid: &Grid, columns: &Columns, at: &[CellRef]) {
    let edges = &columns.0;
    let (right, bottom) = (columns.right(), top(grid.rows.len() + 1));
    paper.rectangle(MARGIN, MARGIN, (right - MARGIN, ROW), 0.0, "#f1f3f4");
    paper.rectangle(MARGIN, MARGIN, (NUMBERS, bottom - MARGIN), 0.0, "#f1f3f4");
    let lines = (0..grid.rows.len() + 2).map(|row| format!("M{MARGIN} {}H{right}", top(row)));
    let lines = lines.chain([MARGIN].iter().chain(edges).map(|edge| format!("M{edge} {MARGIN}V{bottom}")));
    paper.draw(&format!(r##"<path d="{}" stroke="#d5d7da"/>"##, lines.collect::<String>()));

    let letters: Vec<_> = ('A'..='Z').map(String::from).take(edges.len() - 1).collect();
    let middle = |left: f64, right: f64, text: &str| (left + right - width(text, GREY)) / 2.0;
    let places = edges.windows(2).zip(&letters);
    let places: Vec<_> = places.map(|(edge, letter)| (middle(edge[0], edge[1], letter), letter.as_str())).collect();
    paper.texts(baseline(0), &places, GREY);
    for (row, number) in grid.rows.iter().zip(1..) {
        let line = number as usize;
        let digits = number.to_string();
        paper.text(middle(MARGIN, edges[0], &digits), baseline(line), &digits, GREY);
        let texts: Vec<_> = row.iter().map(shown).collect();
        for (column, text) in texts.iter().enumerate() {
            let wide = width(text, TEXT) + PADDING;
            let (left, room) = (edges[column], edges[column + 1] - edges[column]);
            let is_marked = is_at(at, number, column);
            if is_marked || wide > room {
                let colour = if is_marked { "#fce8e6" } else { "#ffffff" };
                paper.rectangle(left + 0.5, top(line) + 0.5, (wide.max(room - 1.0), ROW - 1.0), 0.0, colour);
            }
            if is_marked {
                paper.text(left + wide, baseline(line), MARK, FAULT);
            }
        }
        let places = texts.iter().zip(edges).filter(|(text, _)| !text.is_empty());
        let places: Vec<_> = places.map(|(text, edge)| (edge + PADDING, text.as_str())).collect();
        paper.texts(baseline(line), &places, TEXT);
    }
}
