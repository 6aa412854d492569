//! What is wrong with a sheet, whole, with how to mend it, in both languages.

use super::{about, run};
use crate::kit::{Slack, Typetalk};
use crate::provision::file;
use crate::running::Settings;

/// What is odd or wrong with the rotation, in Japanese and in English.
async fn expect(settings: &Settings, japanese: &[&str], english: &[&str]) {
    for (language, expected) in [("ja", japanese), ("en", english)] {
        let ran = run(&settings.clone().with("MESSAGE_LANGUAGE", language), &["--rotation-only"]).await;
        let mut found = about("rotation", &ran);
        found.retain(|line| !line.starts_with('✓'));
        let found: Vec<_> = found.iter().map(|line| line.replacen(" rotation  ", " ", 1)).collect();
        assert_eq!(found, expected);
        let is_wrong = expected.iter().any(|line| line.starts_with('✗'));
        assert_eq!(ran.code, Some(i32::from(is_wrong)), "{}", ran.out);
    }
}

/// These two files on 2026-12-01, a Tuesday.
fn sheet(name: &str, rotation: &str, members: &str) -> Settings {
    let members = file(&format!("members-{name}.csv"), members);
    let rotation = file(&format!("{name}.csv"), rotation);
    Settings::at(super::NOW)
        .with("ROTATION_FILE", &rotation)
        .with("MEMBERS_FILE", &members)
        .with("RUNBOOKS_FILE", "")
        .with("HOLIDAYS_FILE", "")
}

/// Rows with two people of the members tab, from that day of December to the 14th.
fn rest(from: u32) -> String {
    (from..=14).map(|day| format!("2026-12-{day:02},佐藤,鈴木\n")).collect()
}

const MEMBERS: &str = "name,slack,typetalk\n佐藤,U0SATO0001,sato\n鈴木,U0SUZUKI01,suzuki\n";

#[tokio::test]
async fn what_is_wrong_with_a_row_is_said_with_how_to_mend_it() {
    let (slack, typetalk) = (Slack::start().await, Typetalk::start().await);
    let rotation = "日付,担当1,担当2\n2026-12-01,佐藤,高梨\n2026-12-02,田中,鈴木\n2026-12-03,佐藤,\n12月の4日,佐藤,鈴木\n\
                    2026-12-07,佐藤,佐藤\n2026-12-08,佐藤,鈴木\n2026-12-08,鈴木,\n";
    let members = format!("{MEMBERS}田中,,\n佐藤,,\n林,hayashi,林\n");
    let settings = sheet("rows", rotation, &members).slack(&slack).typetalk(&typetalk);
    expect(
        &settings,
        &[
            "✗ rows.csv!A5 の「12月の4日」は日付ではありません。2026/11/24 の形で書いてください",
            "! members-rows.csv!A5 の「佐藤」は前の行にもあります (前の行が有効です)。どちらかの行を消してください",
            "✗ members-rows.csv!B6 の「hayashi」は Slack の ID ではありません。U… を書いてください (Slack のプロフィール → ⋮ → メンバー ID をコピー)",
            "✗ members-rows.csv!C6 の「林」は Typetalk の ID ではありません。@ の後の名前 (英数字) を書いてください",
            "✗ 12/1(火): rows.csv!C2 の「高梨」は誰のことか分かりません。名前を直すか、members に行を足してください",
            "✗ 12/2(水): rows.csv!B3 の「田中」は members に Slack の ID がありません。members の slack 列に U… を書いてください (Slack のプロフィール → ⋮ → メンバー ID をコピー)",
            "✗ 12/2(水): rows.csv!B3 の「田中」は members に Typetalk の ID がありません。members の typetalk 列に、@ の後の名前を書いてください",
            "✗ 12/3(木): rows.csv!C4 が空です。名前を書いてください",
            "✗ 12/4(金): 12/4(金) の行がありません。この日の行を足してください",
            "! 12/7(月): rows.csv!C6 の「佐藤」は同じ日に2回書かれています。どちらかを別の人にしてください",
            "✗ 12/8(火): rows.csv!A8 の 12/8(火) はほかの行にもあり、当番が違います。どちらか決められないので、どちらも読みません。どちらかの行を消してください",
            "✗ 当番表は 12/8(火) までしかありません。続きの行を足してください",
        ],
        &[
            "✗ rows.csv!A5 '12月の4日' is not a date; write it as 2026/11/24",
            "! members-rows.csv!A5 '佐藤' stands in an earlier row, which counts; remove one of the rows",
            "✗ members-rows.csv!B6 'hayashi' is not a Slack id; write U… (Slack: profile → ⋮ → Copy member ID)",
            "✗ members-rows.csv!C6 '林' is not a Typetalk id; write the name that follows @, letters and digits",
            "✗ Tue Dec 1: rows.csv!C2 '高梨' is nobody we know; correct the name, or add a row to the members tab",
            "✗ Wed Dec 2: rows.csv!B3 '田中' has no Slack id in the members tab; write U… into the slack column of the members tab (Slack: profile → ⋮ → Copy member ID)",
            "✗ Wed Dec 2: rows.csv!B3 '田中' has no Typetalk id in the members tab; write the name that follows @ into the typetalk column of the members tab",
            "✗ Thu Dec 3: rows.csv!C4 is empty; write a name there",
            "✗ Fri Dec 4: there is no row for Fri Dec 4; add a row for that day",
            "! Mon Dec 7: rows.csv!C6 '佐藤' stands twice in the same day; write somebody else into one of the cells",
            "✗ Tue Dec 8: rows.csv!A8 Tue Dec 8 stands in another row with other people, so neither is read; remove one of the rows",
            "✗ the rotation ends on Tue Dec 8; add the rows that follow",
        ],
    )
    .await;
    let settings =
        sheet("nobody", &format!("日付,担当1,担当2\n{}", rest(1)), "").slack(&slack).with("MEMBERS_FILE", "");
    let first = "✗ 12/1(火): nobody.csv!B2 の「佐藤」は誰のことか分かりません (ほか9か所: B2 … B15)。members がないため、名前では分かりません。MEMBERS_RANGE か MEMBERS_FILE を設定してください";
    let ran = run(&settings, &["--rotation-only"]).await;
    assert_eq!(about("rotation", &ran)[1], first.replacen(' ', " rotation  ", 1));
}

#[tokio::test]
async fn what_is_wrong_with_a_whole_tab_is_said_with_how_to_mend_it() {
    expect(
        &sheet("empty", "", MEMBERS),
        &["✗ empty.csv!A1 シートが空です。1 行目に 日付,担当1,担当2 を書いてください"],
        &["✗ empty.csv!A1 the tab is empty; write date,on-call 1,on-call 2 into its first row"],
    )
    .await;
    expect(
        &sheet("header", "日付,担当1,担当2\n", MEMBERS),
        &["✗ 12/1(火) の行がありません。この日の行を足してください"],
        &["✗ there is no row for Tue Dec 1; add a row for that day"],
    )
    .await;
    let settings = sheet("others", &format!("日付,担当1,担当2\n{}", rest(1)), MEMBERS);
    let runbooks = file("runbooks-others.csv", "pattern,meaning,workaround,link\n5xx,x,y,wiki/5xx\n");
    let holidays = file("holidays-others.csv", "date,name\n2026-12-08,創立記念日\n");
    expect(
        &settings.with("RUNBOOKS_FILE", &runbooks).with("HOLIDAYS_FILE", &holidays),
        &[
            "! runbooks-others.csv!D2 の「wiki/5xx」は http(s) の URL ではありません。https:// で始まるアドレスを書いてください",
            "! 12/8(火): others.csv!B9 は休業日 (創立記念日) ですが、当番が書かれています (メンションはされません)。名前は消して構いません",
        ],
        &[
            "! runbooks-others.csv!D2 'wiki/5xx' is not an http(s) URL; write an address that starts with https://",
            "! Tue Dec 8: others.csv!B9 is filled, but it is a holiday (創立記念日): nobody is mentioned; the names can be removed",
        ],
    )
    .await;
}

#[tokio::test]
async fn what_would_be_lost_silently_is_said() {
    let rows = rest(2).replace("2026-12-03,佐藤", "2026/12/3（金）,佐藤").replace("2026-12-04,", "2026-12-04 (Thu),");
    expect(
        &sheet("lost", &format!("date,oncall,相談先\n2026-12-01,佐藤,鈴木\n{rows}"), MEMBERS),
        &[
            "! lost.csv!C1 の見出し「相談先」の列には members の名前がありますが、当番として読み取られません。当番の列なら、見出しを「担当2」のようにしてください",
            "! lost.csv!A4 の「2026/12/3（金）」は木曜日です。日付か曜日を直してください",
            "! lost.csv!A5 の「2026-12-04 (Thu)」は金曜日です。日付か曜日を直してください",
        ],
        &[
            "! lost.csv!C1 the column '相談先' is not read, though names of the members tab stand in it; if it says who is on call, head it on-call 2",
            "! lost.csv!A4 '2026/12/3（金）' is a Thursday; correct the date or the weekday",
            "! lost.csv!A5 '2026-12-04 (Thu)' is a Friday; correct the date or the weekday",
        ],
    )
    .await;
    expect(
        &sheet("quote", &format!("日付,担当1,担当2\n2026-12-01,佐藤,\"鈴木\n{}", rest(2)), MEMBERS),
        &[
            "✗ quote.csv!C2 の「鈴木 2026-12-02,佐藤,鈴木 2026-12-03…」は複数行にわたっています (引用符 \" が閉じていない可能性があります)。引用符を閉じるか、1 行にしてください",
            "✗ 当番表は 12/1(火) までしかありません。続きの行を足してください",
        ],
        &[
            "✗ quote.csv!C2 '鈴木 2026-12-02,佐藤,鈴木 2026-12-03…' goes over several lines (a quotation mark \" is probably not closed); close the quotation mark, or write it in one line",
            "✗ the rotation ends on Tue Dec 1; add the rows that follow",
        ],
    )
    .await;
}
