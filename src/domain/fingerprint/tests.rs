use super::*;
use proptest::prelude::*;
use ring::digest::digest;

const TITLES: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/fingerprints.txt"));

fn foreign(text: &str) -> Foreign {
    Foreign::line(text).expect("it is visible")
}

/// A title in the table, and which group it is in.
fn grouped() -> Vec<(usize, &'static str)> {
    let mut group = 0;
    let mut titles = Vec::new();
    for line in TITLES.lines().filter(|line| !line.starts_with('#')) {
        if line.is_empty() {
            group += 1;
        } else {
            titles.push((group, line));
        }
    }
    titles
}

fn of(line: &str) -> Fingerprint {
    let (service, title) = line.split_once(" | ").expect("a service");
    Fingerprint::of(Some(&foreign(service)), &foreign(title)).expect("there are words in it")
}

#[test]
fn titles_are_the_same_alert_where_people_say_so() {
    let titles = grouped();
    assert!(titles.len() >= 60, "{}", titles.len());
    let mut wrong = Vec::new();
    for (nth, (group, title)) in titles.iter().enumerate() {
        for (other_group, other) in &titles[nth + 1..] {
            let is_same = of(title) == of(other);
            if is_same != (group == other_group) {
                let verdict = if is_same { "are told to be the same" } else { "are told apart" };
                let left = |line: &str| words(line.split_once(" | ").expect("a service").1);
                wrong.push(format!("{verdict}:\n  {title} → {}\n  {other} → {}", left(title), left(other)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_left_of_a_title() {
    for (title, expected) in [
        ("HTTP 5xx が 5% を超えています", "http 5xx が を超えています"),
        ("IPv6 と IPv4", "ipv6 と ipv4"),
        ("sev1: status 200 ms", "sev1 status"),
        ("exit code 137, then 11:02:03", "exit code 137 then"),
        ("it may be late; since May 3 more", "it may be late since more"),
        ("令和8年 第2四半期", "第 四半期"),
        ("commit 0a1b2c3 / cafe", "commit / cafe"),
        ("disk ≥ 90 < 5", "disk > <"),
        ("k8s, EC2 & s3", "ks ec s"),
        ("500エラー 1件、500 errors", "500 エラー error"),
        ("p99 in ap-northeast-1c", "p99 in ap northeast"),
        ("fe80::1 と ::", "と"),
        ("🔥 当番 v1.2.3 …", "当番 v"),
        ("2026-11-24 11:02:03 10.0.0.1", ""),
    ] {
        assert_eq!(words(title), expected, "{title}");
    }
}

/// A ledger has 90 days of them: with another rule the version has to be another one.
#[test]
fn the_same_title_has_the_same_fingerprint_in_every_version() {
    let title = foreign("HTTP 5xx が 5% を超えています");
    let of = |service: Option<&str>| Fingerprint::of(service.map(foreign).as_ref(), &title).map(|found| found.0);
    let all: Vec<_> = grouped().iter().map(|(_, line)| of_text(line)).collect();
    let all = digest(&SHA256, all.join("\n").as_bytes());
    assert_eq!(of(Some("Backlogアプリ")).as_deref(), Some("1-117b298a8788783329d56018a77964de"));
    assert_eq!(of(Some("Backlogアプリ")), of(Some("Ｂａｃｋｌｏｇアプリ")));
    assert_ne!(of(None), of(Some("Backlogアプリ")));
    assert_eq!(format!("{:02x?}", &all.as_ref()[..4]), "[b3, c9, 6e, 0d]", "raise VERSION");
    assert_eq!(Fingerprint::of(None, &foreign("11:02")), None, "no word is left");
}

fn of_text(line: &str) -> String {
    of(line).0
}

proptest! {
    #[test]
    fn any_title_has_an_end(title in any::<String>(), number in any::<u32>()) {
        words(&title);
        let with = |number: u32| words(&format!("queue {number} has {number} messages"));
        prop_assert_eq!(with(number), with(1));
    }
}
