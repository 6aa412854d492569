use super::*;

#[test]
fn a_cell_is_what_people_see() {
    for (text, expected) in [
        ("  佐藤　健 ", "佐藤 健"),
        ("葛\u{E0100}城", "葛城"),
        ("辻\u{FE00}", "辻"),
        ("葛城\u{200B}", "葛城"),
        ("１１／２４（火）", "11/24(火)"),
        ("ﾀﾅｶ", "タナカ"),
        ("伊藤\r\n渡辺 ", "伊藤\n渡辺"),
        ("a \t b\n\n c", "a b\nc"),
        ("\u{200B}", ""),
        ("", ""),
    ] {
        assert_eq!(cleaned(text), expected, "{text:?}");
    }
}

fn grid(rows: &[&[&str]], merges: Option<Vec<Merge>>) -> Grid {
    let cell = |text: &&str| if text.is_empty() { Cell::Empty } else { Cell::Text((*text).to_owned()) };
    let rows = rows.iter().map(|row| row.iter().map(cell).collect()).collect();
    Grid { tab: "t".into(), origin: (1, 1), rows, merges, ..Grid::default() }
}

#[test]
fn merged_cells_are_filled_downwards_and_hide_what_is_beside_them() {
    let merges = vec![Merge { rows: 1..3, columns: 0..1 }, Merge { rows: 0..1, columns: 0..2 }];
    let grid = grid(&[&["title", ""], &["a", "x"], &["", "y"], &["b"]], Some(merges));
    let sheet = Sheet::new(&grid);
    assert_eq!((sheet.text(2, 0).as_ref(), sheet.anchor(2, 0), sheet.anchor(1, 0)), ("a", 1, 1));
    assert_eq!((sheet.entry(0, 1), sheet.entry(3, 1)), (&Entry::Hidden, &Entry::Empty));
    assert_eq!(sheet.at(2, 1).to_string(), "t!B3");
}

#[test]
fn a_turned_sheet_keeps_the_names_of_its_cells() {
    let grid = grid(&[&["a", ""], &["c"]], Some(vec![Merge { rows: 0..1, columns: 0..2 }]));
    let sheet = Sheet::new(&grid).turned();
    assert_eq!((sheet.text(0, 1).as_ref(), sheet.text(1, 0).as_ref()), ("c", "a"), "b is merged with a");
    assert_eq!(sheet.at(0, 1).to_string(), "t!A2");
}

#[test]
#[expect(clippy::reversed_empty_ranges, reason = "an answer may hold anything")]
fn merges_beyond_the_values_do_no_harm() {
    let merges = vec![Merge { rows: 0..usize::MAX, columns: 0..usize::MAX }, Merge { rows: 9..10, columns: 3..1 }];
    let grid = grid(&[&["a"], &["b", "c"]], Some(merges));
    assert_eq!(Sheet::new(&grid).rows.len(), 2);
}

#[test]
fn a_turned_sheet_forgets_which_cells_were_filled_before() {
    let grid = grid(&[&["a", "b"], &["", "c"]], Some(vec![Merge { rows: 0..2, columns: 0..1 }]));
    let upright = Sheet::new(&grid);
    assert_eq!((upright.text(1, 0).as_ref(), upright.anchor(1, 0)), ("a", 0));
    let turned = upright.turned();
    let line = turned.line(1, 0).expect("it is filled");
    assert_eq!((turned.anchor(1, 0), line.as_str(), turned.entry(0, 1)), (1, "b", &Entry::Hidden));
}

#[test]
fn merged_cells_far_to_the_right_are_not_filled() {
    let mut wide = vec![""; 999];
    wide.extend(["a", "b"]);
    let merges = [999, 1_000].map(|column| Merge { rows: 0..2, columns: column..column + 1 }).to_vec();
    let grid = grid(&[wide.as_slice(), &[]], Some(merges));
    let sheet = Sheet::new(&grid);
    assert_eq!((sheet.text(1, 999).as_ref(), sheet.entry(1, 1_000)), ("a", &Entry::Empty));
}
