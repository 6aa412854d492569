//! What strangers can make the relay cost: the limits of the template, times what a refused request costs.

use super::super::tables::OPERATIONS;
use super::bill::{Bill, dollars};
use super::{PAGES, figure, key, page, table};
use crate::kit::{Slack, events};
use crate::running::{Settings, TUESDAY};
use crate::template::routes::{Limits, limits};
use crate::template::template;
use toban::source::Sender;

/// What the page says of a request's log lines, and what of them are not toban's: API Gateway's, and Lambda's START, END
/// and REPORT.
const LOG_BYTES: f64 = 1_500.0;
const OTHERS_BYTES: usize = 1_000;

const SECONDS_AN_HOUR: f64 = 3_600.0;

#[test]
fn a_flood_costs_what_the_limits_let_through() {
    let (senders, everything_else) = limits();
    let memory: f64 = template().at("Parameters.MemorySize.Default").text().parse().expect("a number");
    for path in PAGES {
        let page = page(path);
        let bill = Bill::of(&page);
        let times = table(&page, "times");
        let time = times.iter().find(|row| key(&row[0]) == "refused").and_then(|row| figure(&row[1])).expect("a time");
        let request = bill.price("api-requests")
            + bill.price("lambda-requests")
            + bill.price("lambda-gb-seconds") * time / 1_000.0 * memory / 1_024.0
            + bill.price("log-gb") * LOG_BYTES / 1e9;
        let row = |rate: u32| {
            let an_hour = f64::from(rate) * SECONDS_AN_HOUR * request;
            [dollars(an_hour), dollars(an_hour * 24.0)]
        };
        let of = |Limits { rate, burst }: Limits| {
            let [an_hour, a_day] = row(rate);
            vec![rate.to_string(), burst.to_string(), an_hour, a_day]
        };
        let mut expected: Vec<_> = senders.iter().map(|(_, limits)| of(*limits)).collect();
        expected.push(of(everything_else));
        let all = senders.iter().map(|(_, limits)| limits.rate).sum::<u32>() + everything_else.rate;
        let [an_hour, a_day] = row(all);
        expected.push(vec![all.to_string(), String::new(), an_hour, a_day.clone()]);
        let found = table(&page, "flood");
        let cells: Vec<_> = found.iter().map(|row| row[1..].to_vec()).collect();
        assert_eq!(cells, expected, "{path}");
        let routes: Vec<_> = found[..senders.len()].iter().map(|row| key(&row[0]).to_owned()).collect();
        assert_eq!(routes, senders.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>(), "{path}");
        let throttled = 1e6 * (bill.price("api-requests") + bill.price("log-gb") * OTHERS_BYTES as f64 / 2.0 / 1e9);
        assert!(
            page.text.contains(&format!("{} USD", dollars(throttled))),
            "{path}: {throttled} USD for what gets 429"
        );

        let Limits { rate, burst } = everything_else;
        let rest = [format!("at its end, {rate} ({burst})"), format!("そのほかは {rate} ({burst})")];
        let costs = [format!("{a_day} USD a day"), format!("1 日 {a_day} ドル")];
        for ((path, rest), cost) in OPERATIONS.into_iter().zip(rest).zip(costs) {
            let operations = super::page(path).text;
            for (key, Limits { rate, burst }) in &senders {
                let limits = format!("`{key}` {rate} ({burst})");
                assert!(operations.contains(&limits), "{path}: {limits}");
            }
            assert!(operations.contains(&rest), "{path}: {rest}");
            assert!(operations.contains(&cost), "{path}: {cost}");
        }
    }
}

/// The page has 1.5 KB for the log lines of a refused request. The longest of toban's own is measured here.
#[tokio::test]
async fn a_refused_request_logs_no_more_than_the_page_says() {
    let slack = Slack::start().await;
    let webhook = Settings::at(TUESDAY).slack(&slack).with("RUST_LOG", "toban=info,warn").start().await;
    for sender in Sender::routed() {
        let path = format!("/{}", sender.name());
        for headers in [&[][..], &[("x-toban-token", "wrong")], &[("x-pagerduty-signature", "v1=00")]] {
            webhook.invoke(&events::api_gateway_v2(&path, headers, b"{}", webhook.epoch())).await;
        }
    }
    let logs = webhook.function.logs();
    let refused: Vec<_> = logs.lines().filter(|line| line.contains("\"auth_failed\"")).collect();
    assert_eq!(refused.len(), 3 * Sender::routed().count(), "one line each: {logs}");
    let longest = refused.iter().map(|line| line.len()).max().unwrap_or_default();
    assert!((200..LOG_BYTES as usize - OTHERS_BYTES).contains(&longest), "{longest} bytes: {refused:?}");
}
