//! Rows, tabs and copies that leave something open.

use super::*;

#[test]
fn what_is_wrong_in_a_row_is_said_with_its_cell() {
    let rows = workbook(&[
        ("2026-11-26", "", "山田"),
        ("2026-11-27", "佐藤", "未定 <!here>"),
        ("2026-11-30", "-", ""),
        ("2026-12-01", "佐藤", "山田"),
        ("2026-12-02", "", ""),
        ("2026-12-03", "佐藤", "鈴木"),
    ]);
    check(
        &rows,
        "",
        "2026-11-26T11:00:00+09:00",
        "📟 今日 11/26(木) 17:00まで
⚠️ シフト!C27 の「山田」は誰のことか分かりません、空 → B27
次 11/27(金) 佐藤
⚠️ 11/27(金) シフト!C28 の「未定 <!here>」は誰のことか分かりません
11/30(月) 当番なし (代わりの宛先へ)
12/1(火) 佐藤
⚠️ 12/1(火) シフト!C30 の「山田」は誰のことか分かりません
⚠️ 12/2(水) 空 → B31
12/3(木) 佐藤・鈴木",
        "📟 Today Thu Nov 26, to 17:00
⚠️ シフト!C27 '山田' is nobody we know, empty → B27
Next Fri Nov 27: 佐藤
⚠️ Fri Nov 27: シフト!C28 '未定 <!here>' is nobody we know
Nov 30: nobody (the fallback is told)
Dec 1: 佐藤
⚠️ Tue Dec 1: シフト!C30 '山田' is nobody we know
⚠️ Wed Dec 2: empty → B31
Dec 3: 佐藤, 鈴木",
    );
}

#[test]
fn a_rotation_that_is_not_read_has_its_reason_once() {
    let now = "2026-11-26T11:00:00+09:00";
    check_copy(
        Err(&Unreadable::Quota),
        "U0SATO0001",
        600,
        now,
        "📟 今日 11/26(木) 17:00まで\n⚠️ 当番表を読めません: 読み取り回数の上限 (1分60回) を超えました",
        "📟 Today Thu Nov 26, to 17:00\n⚠️ The rotation cannot be read: the quota of 60 reads a minute is used up",
    );
    let at = Some(CellRef { tab: tab(), row: 3, column: 1 });
    let refused = Some(Finding { at, problem: Problem::Refused(Shape::Weekdays) });
    let refused =
        Workbook { rotation: Rotation { refused, ..rotation(&[]) }, members: Some(members()), ..Workbook::default() };
    check(
        &refused,
        "U0SATO0001",
        now,
        "📟 今日 11/26(木) 17:00まで
⚠️ シフト!A3 曜日だけで日付のない表なので読みません。どの週のことか分かりません",
        "📟 Today Thu Nov 26, to 17:00
⚠️ シフト!A3 weekdays without dates are not read: which week is meant?",
    );
    check(
        &workbook(&[]),
        "U0SATO0001",
        now,
        "📟 今日 11/26(木) 17:00まで\n⚠️ 行なし\n次 11/27(金) ⚠️ 行なし\n⚠️ 11/30〜12/3 行なし",
        "📟 Today Thu Nov 26, to 17:00\n⚠️ no row\nNext Fri Nov 27: ⚠️ no row\n⚠️ Nov 30–Dec 3: no row",
    );
}

#[test]
fn an_old_copy_says_its_age() {
    let one = workbook(&[("2026-11-26", "佐藤", "鈴木"), ("2026-11-27", "高橋", "")]);
    let now = "2026-11-26T11:00:00+09:00";
    let week = ["⚠️ 11/30〜12/3 行なし", "⚠️ Nov 30–Dec 3: no row"];
    for (age, ja, en) in [
        (60, "", ""),
        (
            185,
            "\n⚠️ 当番表を読めないため、3時間5分前の写しを使っています。",
            "\n⚠️ The rotation cannot be read; this uses a copy from 3 h 5 min ago.",
        ),
    ] {
        check_copy(
            Ok(&one),
            "",
            age,
            now,
            &format!("📟 今日 11/26(木) 17:00まで\n佐藤・鈴木\n次 11/27(金) 高橋\n{}{ja}", week[0]),
            &format!("📟 Today Thu Nov 26, to 17:00\n佐藤, 鈴木\nNext Fri Nov 27: 高橋\n{}{en}", week[1]),
        );
    }
}

/// Without a members tab the cells hold ids, which are shown and call nobody.
#[test]
fn without_a_members_tab_the_askers_turn_is_found_by_id() {
    let rows = [("2026-11-26", "U0SUZUKI01", "佐藤"), ("2026-11-27", "U0SATO0001", "")];
    let bare = Workbook { rotation: rotation(&rows), ..Workbook::default() };
    check(
        &bare,
        "U0SATO0001",
        "2026-11-26T11:00:00+09:00",
        "📟 今日 11/26(木) 17:00まで
U0SUZUKI01
⚠️ シフト!C27 の「佐藤」は誰のことか分かりません
次 11/27(金) U0SATO0001
⚠️ 11/30〜12/3 行なし
あなた: 次は 11/27(金)",
        "📟 Today Thu Nov 26, to 17:00
U0SUZUKI01
⚠️ シフト!C27 '佐藤' is nobody we know
Next Fri Nov 27: U0SATO0001
⚠️ Nov 30–Dec 3: no row
You: next on Fri Nov 27",
    );
}

#[test]
fn after_the_fifth_what_is_wrong_in_a_row_is_counted() {
    let at = |column| CellRef { tab: tab(), row: 27, column };
    for (wrong, more) in [(5, None), (6, Some(1)), (7, Some(2)), (12, Some(7))] {
        let name = Foreign::line("山田").expect("a name");
        let unknown = (2..)
            .take(wrong)
            .map(|column| Finding { at: Some(at(column)), problem: Problem::UnknownName(name.clone()) });
        let empty = Finding { at: Some(at(1)), problem: Problem::EmptyCell };
        let all: Vec<_> = unknown.chain([empty]).collect();
        for (language, after, comma, and_more, empty) in [
            (Language::Japanese, " の「山田」は誰のことか分かりません", "、", ["… ほか", "件"], "空 → A27"),
            (Language::English, " '山田' is nobody we know", ", ", ["… and ", " more"], "empty → A27"),
        ] {
            let mut expected: Vec<_> =
                ["B", "C", "D", "E", "F"].map(|column| format!("シフト!{column}27{after}")).into();
            expected.extend(more.map(|more: u32| format!("{}{more}{}", and_more[0], and_more[1])));
            expected.push(empty.to_owned());
            assert_eq!(findings(&all, language.words()).plain(), expected.join(comma), "{wrong}");
        }
    }
}
