//! Usage times price.

use super::{Page, figure, key, table};

/// Alerts a month, the bill's columns.
pub const VOLUMES: [f64; 4] = [0.0, 100.0, 10_000.0, 1_000_000.0];

/// A line of the table of usage.
pub struct Usage {
    pub item: String,
    pub per_alert: f64,
    /// A month, however many alerts there are.
    pub at_most: Option<f64>,
    pub each_month: f64,
    pub watchdog_per_alert: f64,
    pub watchdog_each_month: f64,
}

struct Price {
    item: String,
    service: String,
    usd: f64,
    /// The number of items with that price.
    of: f64,
    /// Free for ever in every account, each month.
    free: f64,
}

pub struct Bill {
    pub usage: Vec<Usage>,
    prices: Vec<Price>,
}

impl Bill {
    pub fn of(page: &Page) -> Self {
        let number = |row: &[String], column: usize| {
            figure(&row[column]).unwrap_or_else(|| panic!("{}: no figure in {row:?}", page.path))
        };
        let usage = table(page, "usage").into_iter().map(|row| Usage {
            item: key(&row[0]).to_owned(),
            per_alert: number(&row, 2),
            at_most: figure(&row[3]),
            each_month: number(&row, 4),
            watchdog_per_alert: number(&row, 5),
            watchdog_each_month: number(&row, 6),
        });
        let prices = table(page, "prices").into_iter().map(|row| Price {
            item: key(&row[0]).to_owned(),
            service: row[1].clone(),
            usd: number(&row, 2),
            of: number(&row, 3),
            free: number(&row, 4),
        });
        let bill = Self { usage: usage.collect(), prices: prices.collect() };
        let mut used: Vec<_> = bill.usage.iter().map(|usage| usage.item.as_str()).collect();
        used.dedup();
        let priced: Vec<_> = bill.prices.iter().map(|price| price.item.as_str()).collect();
        assert_eq!(used, priced, "{}: what is used has its price, in the same order", page.path);
        bill
    }

    /// The services, each once, in the order of their prices.
    pub fn services(&self) -> Vec<&str> {
        let mut services: Vec<_> = self.prices.iter().map(|price| price.service.as_str()).collect();
        services.dedup();
        services
    }

    /// What a service, or everything, costs at each volume: without and with what is free.
    pub fn row(&self, service: Option<&str>, with_watchdog: bool) -> Vec<String> {
        let prices = || self.prices.iter().filter(|price| service.is_none_or(|name| name == price.service));
        let cell = |alerts: f64| {
            let used = |price: &Price| self.used(&price.item, alerts, with_watchdog);
            let all: f64 = prices().map(|price| used(price) * price.usd / price.of).sum();
            let paid: f64 = prices().map(|price| (used(price) - price.free).max(0.0) * price.usd / price.of).sum();
            format!("{} / {}", dollars(all), dollars(paid))
        };
        VOLUMES.map(cell).to_vec()
    }

    /// What one of an item costs, in USD, without what is free.
    pub fn price(&self, item: &str) -> f64 {
        let price = self.prices.iter().find(|price| price.item == item).unwrap_or_else(|| panic!("no price of {item}"));
        price.usd / price.of
    }

    fn used(&self, item: &str, alerts: f64, with_watchdog: bool) -> f64 {
        let lines = self.usage.iter().filter(|usage| usage.item == item);
        let of = |usage: &Usage| {
            let plain = (usage.per_alert * alerts).min(usage.at_most.unwrap_or(f64::INFINITY)) + usage.each_month;
            let watchdog = usage.watchdog_per_alert * alerts + usage.watchdog_each_month;
            if with_watchdog { plain + watchdog } else { plain }
        };
        lines.map(of).sum()
    }
}

/// Two significant digits; less than a cent is `<0.01`.
pub fn dollars(amount: f64) -> String {
    if amount == 0.0 {
        return "0".into();
    }
    if amount < 0.01 {
        return "<0.01".into();
    }
    let rounded = format!("{amount:.1e}");
    let (_, exponent) = rounded.split_once('e').expect("an exponent");
    let exponent: i32 = exponent.parse().expect("a number");
    let value: f64 = rounded.parse().expect("a number");
    let text = format!("{value:.*}", usize::try_from(1 - exponent).unwrap_or(0));
    match text.len() {
        4.. if !text.contains('.') => format!("{},{}", &text[..text.len() - 3], &text[text.len() - 3..]),
        _ => text,
    }
}
