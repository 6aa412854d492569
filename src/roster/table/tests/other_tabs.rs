//! The tabs beside the rotation: members, runbooks, days off, and those of other months.

use super::*;
use crate::domain::member::Member;

#[track_caller]
fn check_holidays(rows: &[&[&str]], days: &[&str], findings: &[&str]) {
    let rotation = grid("rotation", &[&["日付", "担当1"]]);
    let book = workbook(&Tabs { rotation, holidays: Some(grid("holidays", rows)), ..Tabs::default() });
    let read: Vec<_> = book.holidays.iter().map(|(date, name)| format!("{date} {name}")).collect();
    assert_eq!(read, days);
    assert_eq!(found(&book.findings), findings);
}

#[test]
fn days_off_have_a_header_or_none_and_may_last_to_another_column() {
    check_holidays(&[&["日付"], &["2026-12-29"], &["2026-12-30"]], &["2026-12-29 ", "2026-12-30 "], &[]);
    check_holidays(
        &[&["2026-12-25", "Holiday"], &["46388", "Holiday"]],
        &["2026-12-25 Holiday", "2027-01-01 Holiday"],
        &[],
    );
    check_holidays(
        &[&["開始日", "終了日", "名称"], &["2026-12-31", "2027-01-02", "年末年始"]],
        &["2026-12-31 年末年始", "2027-01-01 年末年始", "2027-01-02 年末年始"],
        &[],
    );
    check_holidays(
        &[
            &["日付", "名称"],
            &["#REF!", "創立記念日"],
            &["2026-12-29,年末\n2026-12-30", "年末"],
            &["2027-01-04", "年始"],
        ],
        &["2027-01-04 年始"],
        &[
            "holidays!A2 '#REF!' is a formula's error",
            "holidays!A3 '2026-12-29,年末 2026-12-30' goes over several lines (a quotation mark \" is probably not closed)",
        ],
    );
}

/// Nothing is said of notes, of what is usual in such a tab, and of headings with nothing below them.
#[test]
fn a_heading_of_another_tab_that_is_not_read_is_a_finding() {
    let members: &[&[&str]] = &[
        &["メンバー"],
        &["更新日", "2026/11/02"],
        &["名前", "Slack ID", "メールアドレス", "座席", "退職日"],
        &["佐藤", "U0SATO0001", "sato@example.com", "3F-01"],
    ];
    let runbooks: &[&[&str]] = &[&["アラート", "対応", "担当", "備考", "優先度"], &["5xx", "再起動", "佐藤", "夜も"]];
    let holidays: &[&[&str]] = &[
        &["開始日", "終了日", "名称", "承認者", "備考", "振替日"],
        &["2026-12-29", "2026-12-30", "年末", "佐藤", "全社"],
    ];
    let book = workbook(&Tabs {
        rotation: grid("rotation", &[&["日付", "担当1"]]),
        members: Some(grid("members", members)),
        runbooks: Some(grid("runbooks", runbooks)),
        holidays: Some(grid("holidays", holidays)),
        ..Tabs::default()
    });
    assert_eq!(
        found(&book.findings),
        [
            "members!D3 the column '座席' is not read",
            "runbooks!C1 the column '担当' is not read",
            "holidays!D1 the column '承認者' is not read",
        ]
    );
}

#[test]
fn most_rows_or_a_title_say_which_year_a_tab_is_for() {
    let cases: [(&[&[&str]], bool); 13] = [
        (&[&["日", "担当"], &["1", "鈴木"], &["2", "佐藤"]], false),
        (&[&["1/1(金)", "鈴木"], &["1/2", "佐藤"]], false),
        (&[&["46388", "鈴木"], &["2027-01-02", "佐藤"]], true),
        (&[&["1/1(金)", "鈴木"], &["1/2(土)", "佐藤"], &["1/3", "高橋"]], true),
        (&[&["1", "金", "鈴木"], &["2", "土", "佐藤"]], true),
        (&[&["2027年1月"], &["1", "鈴木"], &["2", "佐藤"]], true),
        (&[&["2027年 オンコール当番表"], &["1", "鈴木"], &["2", "佐藤"]], true),
        (&[&["番号", "日付", "担当"], &["1", "2027-01-05", "鈴木"], &["2", "2027-01-06", "佐藤"]], true),
        // Neither when a row was written, nor a surname, nor a note below says it.
        (&[&["日", "担当", "記入日"], &["5", "佐藤", "46017"], &["6", "鈴木", "46017"]], false),
        (&[&["日", "担当"], &["5", "金"], &["6", "鈴木"], &["7", "金"]], false),
        (&[&["日", "担当"], &["5", "佐藤"], &["6", "鈴木"], &[], &["2025年4月 改訂"]], false),
        (&[&["日", "担当"], &["5", "佐藤"], &["6", "鈴木"], &[], &["2025年度の体制です"]], false),
        (&[&["※2025年の体制です"], &["日", "担当"], &["5", "佐藤"], &["6", "鈴木"]], false),
    ];
    for (rows, expected) in cases {
        assert_eq!(others::says_which_year(&grid("1月", rows)), expected, "{rows:?}");
    }
}

/// The same days in the tabs of two months.
#[test]
fn a_day_in_two_tabs_is_nobodys_where_they_differ() {
    let november: &[&[&str]] =
        &[&["日付", "担当"], &["2026-12-01", "佐藤"], &["2026-12-02", "佐藤"], &["2026-12-03", ""]];
    let december: &[&[&str]] = &[
        &["日付", "担当"],
        &["2026-12-01", "鈴木"],
        &["2026-12-02", "佐藤"],
        &["2026-12-03", "高橋"],
        &["2026-12-04", ""],
    ];
    let neighbours = vec![Neighbour { grid: grid("12月", december), may_be_old: false }];
    let book = workbook(&Tabs { rotation: grid("11月", november), neighbours, ..Tabs::default() });
    assert_eq!(
        days(&book),
        ["2026-12-01 - 12月!B2", "2026-12-02 佐藤 11月!B3", "2026-12-03 高橋 12月!B4", "2026-12-04 - 12月!B5"]
    );
}

#[test]
fn without_members_a_name_without_a_date_is_told() {
    check_rotation(
        &[&["日付", "担当"], &["2026-11-24", "佐藤"], &["2026-11-25", "鈴木"], &["", "佐藤"], &["2026-11-26", "鈴木"]],
        &["2026-11-24 佐藤 rotation!B2", "2026-11-25 鈴木 rotation!B3", "2026-11-26 鈴木 rotation!B5"],
        &["rotation!B4 '佐藤' stands in a row without a date"],
    );
}

/// Where nothing says the year, the tab of another month may be last year's.
#[test]
fn another_months_tab_counts_where_its_year_is_known() {
    let november: &[&[&str]] = &[&["日付", "担当"], &["2026-11-24", "佐藤"]];
    let without_year: &[&[&str]] = &[&["日付", "担当"], &["12/1", "鈴木"]];
    let with_year: &[&[&str]] = &[&["日付", "担当"], &["2026-12-01", "鈴木"]];
    let empty: &[&[&str]] = &[&["日付", "担当"]];
    let own = "2026-11-24 佐藤 11月!B2";
    let next = "2026-12-01 鈴木 12月!B2";
    let told = "12月!A1 '12月': what is below it may not be who is on call, so it is not read";
    let cases = [
        (without_year, true, &[own][..], &[told][..]),
        (without_year, false, &[own, next], &[]),
        (with_year, true, &[own, next], &[]),
        (with_year, false, &[own, next], &[]),
        (empty, true, &[own], &[]),
    ];
    for (december, may_be_old, expected, findings) in cases {
        let neighbours = vec![Neighbour { grid: grid("12月", december), may_be_old }];
        let book = workbook(&Tabs { rotation: grid("11月", november), neighbours, ..Tabs::default() });
        assert_eq!(days(&book), expected, "{december:?} {may_be_old}");
        assert_eq!(found(&book.findings), findings, "{december:?} {may_be_old}");
    }
}

#[test]
fn a_weekday_of_days_off_has_to_fit() {
    let fits: &[&[&str]] = &[&["日付", "名称"], &["12/29(火)", "年末"], &["12/30(水)〜12/31(木)", "年末"]];
    check_holidays(fits, &["2026-12-29 年末", "2026-12-30 年末", "2026-12-31 年末"], &[]);
    check_holidays(
        &[&["日付", "名称"], &["12/29(火)〜12/30(木)", "年末"]],
        &["2026-12-29 年末", "2026-12-30 年末"],
        &["holidays!A2 '12/29(火)〜12/30(木)' is a Tuesday"],
    );
}

/// Whom each name pings on Slack, then what is said of it.
#[track_caller]
fn check_ids(rows: &[&[&str]], ids: &[(&str, &str)], findings: &[&str]) {
    let rotation = grid("rotation", &[&["日付", "担当1"]]);
    let book = workbook(&Tabs { rotation, members: Some(grid("members", rows)), ..Tabs::default() });
    let members = book.members.expect("there is a tab");
    let id = |member: &Member| member.slack.as_ref().map(|id| id.as_str().to_owned()).unwrap_or_default();
    let read: Vec<_> = members.0.iter().map(|member| (member.name.clone(), id(member))).collect();
    let read: Vec<_> = read.iter().map(|(name, id)| (name.as_str(), id.as_str())).collect();
    assert_eq!(read, ids);
    assert_eq!(found(&book.findings), findings);
}

#[test]
fn an_id_is_the_members_own() {
    let own = [("佐藤", "U0M0000001"), ("鈴木", "U0M0000002")];
    check_ids(
        &[
            &["名前", "Slackグループ", "Slack ID"],
            &["佐藤", "S0SRE00001", "U0M0000001"],
            &["鈴木", "S0SRE00001", "U0M0000002"],
        ],
        &own,
        &[],
    );
    check_ids(
        &[
            &["名前", "旧Slack ID", "Slack ID"],
            &["佐藤", "U0OLD00001", "U0M0000001"],
            &["鈴木", "U0OLD00002", "U0M0000002"],
        ],
        &own,
        &[],
    );
    check_ids(
        &[
            &["名前", "上長のSlack ID", "本人のSlack ID"],
            &["佐藤", "U0BOSS0001", "U0M0000001"],
            &["鈴木", "U0BOSS0001", "U0M0000002"],
        ],
        &own,
        &[],
    );
    check_ids(
        &[&["名前", "連絡先", "上長のSlack"], &["佐藤", "U0M0000001", "U0BOSS0001"], &["鈴木", "U0M0000002", ""]],
        &own,
        &["members!C1 the column '上長のSlack' is not read"],
    );
    check_ids(
        &[&["名前", "上長", "上長ID"], &["佐藤", "山田", "U0BOSS0001"]],
        &[("佐藤", "")],
        &["members!B1 the column '上長' is not read"],
    );
    // Nobody can tell which of them is in use.
    check_ids(
        &[&["名前", "Slack ID (A社)", "Slack ID (B社)"], &["佐藤", "U0M0000001", "U0M0000003"]],
        &[("佐藤", "")],
        &["members!B1 the column 'Slack ID (A社)' is not read", "members!C1 the column 'Slack ID (B社)' is not read"],
    );
}

#[test]
fn of_two_lists_beside_each_other_the_one_with_ids_is_read() {
    for name in ["名前", "氏名"] {
        check_ids(
            &[
                &["名前", "内線", "", name, "Slack ID"],
                &["佐藤", "2101", "", "鈴木", "U0M0000002"],
                &["鈴木", "2102", "", "佐藤", "U0M0000001"],
            ],
            &[("鈴木", "U0M0000002"), ("佐藤", "U0M0000001")],
            &[],
        );
    }
    check_ids(&[&["名前", "表示名", "Slack ID"], &["佐藤", "sato", "U0M0000001"]], &[("佐藤", "U0M0000001")], &[]);
}

#[test]
fn an_id_of_two_members_is_told() {
    check_ids(
        &[
            &["名前", "Slack ID"],
            &["佐藤", "U0M0000001"],
            &["鈴木", "U0M0000001"],
            &["A班", "S0SRE00001"],
            &["B班", "S0SRE00001"],
        ],
        &[("佐藤", "U0M0000001"), ("鈴木", "U0M0000001"), ("A班", "S0SRE00001"), ("B班", "S0SRE00001")],
        &["members!B3 'U0M0000001' is also the id of a member in an earlier row"],
    );
}
