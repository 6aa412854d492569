//! Which events a message shows, whom it pings, and what it says of itself.

use crate::pagerduty::Story;
use std::collections::BTreeSet;

/// The keys of the events in a message: by their links, by who did it, in a digest by the tags, and what nobody did by its time.
pub fn shown(text: &str, story: &Story) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    // How an incident stands names whoever changed it last, and what is said of an earlier one whoever ended that.
    let is_of_it = |line: &&str| !line.starts_with("状態: ") && !line.starts_with("🕘 ");
    let text = text.lines().filter(is_of_it).collect::<Vec<_>>().join("\n");
    for (at, _) in text.match_indices('Q') {
        let rest = &text[at + 1..];
        let number: String = rest.chars().take_while(char::is_ascii_digit).collect();
        let Some(rest) = rest[number.len()..].strip_prefix('/') else { continue };
        let nth: String = rest.chars().take_while(char::is_ascii_digit).collect();
        if !number.is_empty() && !nth.is_empty() {
            keys.insert(format!("Q{number}/{nth}"));
        }
    }
    for line in text.lines() {
        let number = line.strip_prefix("• #PD").and_then(|rest| rest.split(' ').next());
        if let Some(number) = number.and_then(|number| number.parse::<u64>().ok()) {
            keys.insert(format!("Q{}/1", number - 1_000));
        }
    }
    let incident =
        text.split("#PD").nth(1).map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
    if let Some(number) = incident.and_then(|number| number.parse::<u64>().ok()) {
        let times = text.lines().filter(|line| line.contains(TIME_OUT)).filter_map(time);
        keys.extend(times.filter_map(|time| story.timed_out(&format!("Q{}", number - 1_000), time)));
        // A repeat of the beginning, below it.
        keys.extend(text.contains("🔥 発生 · ").then(|| format!("Q{}/1", number - 1_000)));
    }
    keys
}

/// What is said of an acknowledgement that has timed out.
const TIME_OUT: &str = "⏰";

/// The time of day in a line: `16:37`.
pub fn time(line: &str) -> Option<&str> {
    line.match_indices(':').find_map(|(at, _)| {
        let time = line.get(at.checked_sub(2)?..at + 3)?;
        time.bytes().all(|byte| byte.is_ascii_digit() || byte == b':').then_some(time)
    })
}

/// Whether it says of itself that it may be a repeat, or that another chat should have it.
pub fn is_marked(text: &str) -> bool {
    text.contains("🔁") || text.contains("主チャットに投稿できなかった")
}

/// Everybody whom it pings: on Slack by markup, on Typetalk by `@`.
pub fn pinged(text: &str, is_typetalk: bool) -> BTreeSet<String> {
    if is_typetalk {
        let name = |rest: &str| rest.chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
        return text.match_indices('@').map(|(at, _)| name(&text[at + 1..])).collect();
    }
    let marks = text.match_indices("<@").chain(text.match_indices("<!"));
    marks.filter_map(|(at, _)| text[at + 1..].split_once('>').map(|(mark, _)| mark.to_owned())).collect()
}

#[test]
fn a_message_is_recognised() {
    let text = "<@U0PERSON1> <!subteam^S0SRE>\n🔥 #PD1017 x &lt;!here&gt;\nhttps://acme.pagerduty.com/incidents/Q17/3";
    let story = Story::of(Vec::new());
    assert_eq!(shown(text, &story), BTreeSet::from(["Q17/3".to_owned()]));
    assert_eq!(pinged(text, false), BTreeSet::from(["@U0PERSON1".to_owned(), "!subteam^S0SRE".to_owned()]));
    let digest = "2件\n• #PD1003 a\n• #PD1004 b";
    assert_eq!(shown(digest, &story), BTreeSet::from(["Q3/1".to_owned(), "Q4/1".to_owned()]));
    assert_eq!(time("⏰ 対応中のまま時間切れ · 16:37 (44分遅れ) · #PD1002"), Some("16:37"));
    assert_eq!(pinged("@person1 ＠all", true), BTreeSet::from(["person1".to_owned()]));
}
