//! Cells as people fill them.

use super::*;
use crate::domain::member::Member;

fn members(names: &[&str]) -> Members {
    Members(names.iter().map(|name| Member { name: (*name).to_owned(), ..Member::default() }).collect())
}

fn shown(names: &Names, text: &str) -> String {
    let text = super::super::cells::cleaned(text);
    let Read::Says(says) = names.read(&text) else { return "as above".into() };
    match &*says {
        Says::Nothing => String::new(),
        Says::Nobody => "nobody".into(),
        Says::People { people, problems } => {
            let people: Vec<_> = people.iter().map(Foreign::as_str).collect();
            let problems: Vec<_> =
                problems.iter().map(|problem| format!("{problem:?}").replace("Foreign", "")).collect();
            [people.join("+"), problems.join(" ")].join(" ").trim().to_owned()
        }
    }
}

const TEAM: [&str; 12] = [
    "佐藤",
    "鈴木",
    "高橋",
    "田中",
    "Alice",
    "Bob",
    "佐々木 健太",
    "佐々木 舞",
    "林田 修",
    "ジョン・スミス",
    "休斗",
    "伊藤 一",
];

#[track_caller]
fn check(text: &str, expected: &str) {
    let members = members(&TEAM);
    assert_eq!(shown(&Names::new(Some(&members)), text), expected, "{text}");
}

#[test]
fn a_name_is_a_member_an_id_or_a_surname_that_one_has() {
    for (text, expected) in [
        ("", ""),
        ("佐藤", "佐藤"),
        (" @佐藤 ", "佐藤"),
        ("ALICE", "Alice"),
        ("林田", "林田 修"),
        ("林田修", "林田 修"),
        ("佐々木健太", "佐々木 健太"),
        ("佐々木", "TwoPeople((\"佐々木\"))"),
        ("佐々木さん", "TwoPeople((\"佐々木さん\"))"),
        ("林", "NearName((\"林\"), (\"林田 修\"))"),
        ("髙橋", "NearName((\"髙橋\"), (\"高橋\"))"),
        ("伊藤 二", "NearName((\"伊藤 二\"), (\"伊藤 一\"))"),
        ("全員", "UnknownName((\"全員\"))"),
        ("U0SATO0001", "U0SATO0001"),
        ("<@UABCDEFGH|sato>", "UABCDEFGH"),
        ("<!subteam^S0PAIR0001|@a, b>", "S0PAIR0001"),
        ("WATANABE", "UnknownName((\"WATANABE\"))"),
        ("ジョン・スミス", "ジョン・スミス"),
        ("ジョン・スミス、佐藤", "ジョン・スミス+佐藤"),
    ] {
        check(text, expected);
    }
}

#[test]
fn several_names_may_stand_in_a_cell() {
    for text in [
        "佐藤、鈴木",
        "佐藤・鈴木",
        "佐藤/鈴木",
        "佐藤，鈴木",
        "佐藤＆鈴木",
        "佐藤＋鈴木",
        "佐藤\n鈴木",
        "佐藤さん、鈴木様",
    ] {
        check(text, "佐藤+鈴木");
    }
    for text in ["Alice & Bob", "Alice/Bob", "Alice, Bob", "Alice + Bob", "Alice and Bob", "Alice; bob-san"] {
        check(text, "Alice+Bob");
    }
    check("佐藤、佐藤", "佐藤");
    check("佐藤 鈴木", "NearName((\"佐藤 鈴木\"), (\"佐藤\"))");
    check("佐藤、山口", "佐藤 UnknownName((\"山口\"))");
    check("佐藤、なし", "佐藤");
    check("佐藤/-", "佐藤");
    check("佐藤、休み", "Unclear((\"佐藤、休み\"))");
    check("佐藤、未定", "佐藤 Undecided((\"未定\"))");
    check("佐藤 or 鈴木", "UnknownName((\"佐藤 or 鈴木\"))");
    check("鈴木\n2026-12-02,佐藤,鈴木", "LineBreak((\"鈴木 2026-12-02,佐藤,鈴木\"))");
}

#[test]
fn who_stands_in_has_the_day() {
    for (text, expected) in [
        ("佐藤→鈴木", "鈴木"),
        ("佐藤⇒鈴木", "鈴木"),
        ("佐藤 -> 鈴木", "鈴木"),
        ("佐藤→鈴木→高橋", "高橋"),
        ("山口→鈴木", "Unclear((\"山口→鈴木\"))"),
        ("佐藤→", "Unclear((\"佐藤→\"))"),
        ("佐藤⇔鈴木", "Unclear((\"佐藤⇔鈴木\"))"),
        ("佐藤、鈴木→高橋", "Unclear((\"佐藤、鈴木→高橋\"))"),
        ("佐藤（代理：鈴木）", "鈴木"),
        ("佐藤(代理 鈴木)", "鈴木"),
        ("鈴木（佐藤の代理）", "鈴木"),
        ("鈴木（山口の代理）", "鈴木"),
        ("佐藤(代理)", "佐藤"),
        ("佐藤(代理: 未定)", "Unclear((\"佐藤(代理: 未定)\"))"),
        ("佐藤(鈴木)", "Unclear((\"佐藤(鈴木)\"))"),
        ("佐藤(休)", "Unclear((\"佐藤(休)\"))"),
        ("佐藤(午前)", "Unclear((\"佐藤(午前)\"))"),
        ("Alice (remote)", "Alice"),
        ("佐藤【主】", "佐藤"),
        ("(主)佐藤", "佐藤"),
        ("佐藤(内線 123)", "佐藤"),
        ("★佐藤", "佐藤"),
        ("~~佐藤~~鈴木", "鈴木"),
        ("佐\u{336}藤\u{336} 鈴木", "鈴木"),
        ("~~佐藤~~", "Unclear((\"~~佐藤~~\"))"),
    ] {
        check(text, expected);
    }
}

#[test]
fn nobody_and_not_decided_are_not_the_same() {
    for text in [
        "休み",
        "休",
        "祝",
        "なし",
        "無し",
        "-",
        "ー",
        "―",
        "－",
        "×",
        "none",
        "OFF",
        "N/A",
        "勤労感謝の日",
        "夏季休暇",
    ] {
        check(text, "nobody");
    }
    for text in ["会社休業日", "全休", "年末年始休業", "National holiday", "祝（勤労感謝の日）"] {
        check(text, "nobody");
    }
    check("休斗", "休斗");
    check("佐藤休暇", "NearName((\"佐藤休暇\"), (\"佐藤\"))");
    for text in ["未定", "TBD", "?", "調整中"] {
        check(text, &format!("Undecided((\"{text}\"))"));
    }
    check("佐藤?", "NearName((\"佐藤?\"), (\"佐藤\"))");
    for text in ["〃", "同上", "々", "↓", "”", "\""] {
        check(text, "as above");
    }
}

#[test]
fn without_a_members_tab_names_stand_for_themselves() {
    let names = Names::new(None);
    for (text, expected) in [
        ("sato", "sato"),
        ("佐藤 健、鈴木", "佐藤 健+鈴木"),
        ("yamada(dev", "yamada(dev"),
        ("佐藤(主)", "佐藤"),
        ("佐藤→鈴木", "鈴木"),
        ("U0SATO0001", "U0SATO0001"),
        ("-", "nobody"),
        ("TBD", "Undecided((\"TBD\"))"),
        ("★", "UnknownName((\"★\"))"),
        ("佐藤→未定", "Unclear((\"佐藤→未定\"))"),
    ] {
        assert_eq!(shown(&names, text), expected, "{text}");
    }
}
