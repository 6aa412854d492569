//! Whatever stands in a tab, reading it ends and does not panic.

use super::case::hours;
use proptest::prelude::{Strategy, any, prop, prop_oneof, proptest};
use toban::domain::lint::one_day;
use toban::domain::member::Platform;
use toban::roster::table::{Cell, Grid, Merge, Tabs, workbook};

/// What stands in rotas, and what does not.
fn cell() -> impl Strategy<Value = Cell> {
    let known = prop::sample::select(vec![
        "日付",
        "期間",
        "終了日",
        "週",
        "月",
        "日",
        "曜日",
        "担当",
        "担当2",
        "代理者",
        "夜間",
        "午前",
        "備考",
        "Date",
        "On-call",
        "佐藤",
        "鈴木",
        "佐藤→鈴木",
        "佐藤(代理: 鈴木)",
        "〃",
        "休み",
        "-",
        "TBD",
        "#REF!",
        "11/26(木)",
        "11/26",
        "26日",
        "26",
        "11/23〜11/29",
        "11/23週",
        "26/11/2026",
        "10/12/26",
        "2026-11-26 18:00",
        "Nov 26",
        "【11月】",
        "2026年11月 当番表",
        "夜勤",
        "~~佐藤~~",
        "(((",
        "<@U0SATO0001>",
        "0/0/0",
        "99999",
        "2026-W53",
        "12/31",
        "2/29",
    ]);
    prop_oneof![
        2 => prop::strategy::Just(Cell::Empty),
        6 => known.prop_map(|text| Cell::Text(text.to_owned())),
        1 => ".{0,12}".prop_map(Cell::Text),
        3 => (46_300_u32..46_400).prop_map(|serial| Cell::Number(serial.into())),
        1 => any::<f64>().prop_map(Cell::Number),
        1 => (0_u8..40).prop_map(|number| Cell::Number(number.into())),
    ]
}

fn grid() -> impl Strategy<Value = Grid> {
    let rows = prop::collection::vec(prop::collection::vec(cell(), 0..7), 0..12);
    let merge = (0_usize..12, 0_usize..4, 0_usize..7, 0_usize..3)
        .prop_map(|(row, down, column, right)| Merge { rows: row..row + down, columns: column..column + right });
    let merges = prop::option::of(prop::collection::vec(merge, 0..3));
    (rows, merges, any::<(u32, u32)>()).prop_map(|(rows, merges, origin)| Grid {
        tab: "11月".into(),
        origin,
        rows,
        merges,
        ..Grid::default()
    })
}

proptest! {
    #[test]
    fn arbitrary_tabs_never_panic(rotation in grid(), members in prop::option::of(grid()), others in grid()) {
        let tabs = Tabs { rotation, members, runbooks: Some(others.clone()), holidays: Some(others), ..Tabs::default() };
        for hours in [hours("10:00-17:00"), hours("00:00-24:00")] {
            let book = workbook(&tabs, hours, "2026-11-26".parse().expect("a date"));
            for day in book.rotation.shifts.keys() {
                one_day(&book, Platform::Slack, *day);
            }
            assert_eq!(book, workbook(&tabs, hours, "2026-11-26".parse().expect("a date")), "the same cells, the same book");
        }
    }
}
