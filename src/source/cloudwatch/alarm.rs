//! An alarm in an event: its states, what it watches, and where its page is.

use crate::domain::incident::Urgency;
use crate::domain::service_level::Observed;
use crate::domain::text::{Foreign, Link};
use crate::net::lenient::{Lenient, List};
use crate::source::events::urgency;
use crate::source::scalar::Scalar;
use chrono::TimeDelta;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::fmt;

/// In minutes: <https://docs.aws.amazon.com/applicationsignals/latest/APIReference/API_BurnRateConfiguration.html>.
const LONGEST_LOOKBACK: i64 = 10_080;
/// So many of what tells one time series from others are shown.
const SHOWN: usize = 3;

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Detail {
    pub(super) alarm_name: Scalar,
    pub(super) state: Lenient<State>,
    pub(super) previous_state: Lenient<State>,
    pub(super) configuration: Lenient<Configuration>,
    /// Set while a rule of somebody's mutes the alarm.
    mute_detail: Lenient<Mute>,
    /// One of the time series that the alarm watches together, if it is about that.
    #[serde(rename = "alarmContributor")]
    pub(super) contributor: Lenient<Contributor>,
    /// Only of alarms that pass them on.
    #[serde(rename = "alarmTags")]
    pub(super) tags: Lenient<Tags>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct State {
    pub(super) value: Scalar,
    pub(super) reason: Scalar,
    /// JSON as a text; not of a composite alarm.
    reason_data: Scalar,
    /// Its offset has no colon: `2026-11-24T02:02:01.345+0000`.
    pub(super) timestamp: Scalar,
    /// Of a composite alarm: `WaitPeriod`, `ExtensionPeriod` or `Alarm` while its actions are suppressed.
    actions_suppressed_by: Scalar,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Configuration {
    pub(super) description: Scalar,
    /// Not of a composite alarm.
    metrics: List<Metric>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Mute {
    muted_by_arn: Scalar,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Contributor {
    pub(super) id: Scalar,
    attributes: Values,
}

/// One of the metrics, or an expression over others, which has no `metricStat`.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Metric {
    metric_stat: Lenient<MetricStat>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct MetricStat {
    metric: Lenient<Named>,
    stat: Scalar,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Named {
    namespace: Scalar,
    name: Scalar,
    dimensions: Values,
}

/// What a metric alarm says of how it was evaluated.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReasonData {
    /// `null` is a datapoint that is missing.
    recent_datapoints: Vec<Option<f64>>,
}

/// The tags that are read, as people write them.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Tags {
    service: Scalar,
    #[serde(rename = "Service")]
    capital_service: Scalar,
    urgency: Scalar,
    #[serde(rename = "Urgency")]
    capital_urgency: Scalar,
}

/// What a state is, of those that this version knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    Alarm,
    Ok,
    NoData,
}

impl Value {
    pub(super) fn of(word: &Scalar) -> Option<Self> {
        match word.text()?.to_ascii_uppercase().as_str() {
            "ALARM" => Some(Self::Alarm),
            "OK" => Some(Self::Ok),
            "INSUFFICIENT_DATA" => Some(Self::NoData),
            _ => None,
        }
    }
}

impl State {
    /// Whether the alarm's own actions are not done.
    pub(super) fn is_held_back(&self) -> bool {
        self.actions_suppressed_by.text().is_some()
    }
}

impl State {
    /// The datapoints that led to it from the oldest, those that are missing left out; `None` if the alarm is not of metrics.
    fn datapoints(&self) -> Option<Vec<f64>> {
        let data: ReasonData = serde_json::from_str(self.reason_data.text()?).ok()?;
        Some(data.recent_datapoints.into_iter().flatten().collect())
    }

    fn is_without_data(&self) -> bool {
        Value::of(&self.value) == Some(Value::NoData)
            || self.datapoints().is_some_and(|datapoints| datapoints.is_empty())
    }
}

impl Detail {
    /// What the alarm has measured of a service level: a burn rate if its one metric is that of Application Signals.
    pub(super) fn observed(&self) -> Observed {
        let Some(state) = self.state.as_ref() else { return Observed::Threshold };
        match (Value::of(&state.value), state.datapoints().as_deref()) {
            // What is measured once it is over says nothing of how it was; that nothing was measured until then does.
            (Some(Value::Ok), _) if self.previous_state.as_ref().is_some_and(State::is_without_data) => {
                Observed::NoData
            }
            (Some(Value::Ok), _) => Observed::Threshold,
            // An alarm may go off because nothing is measured, too.
            (Some(Value::NoData), _) | (_, Some([])) => Observed::NoData,
            (_, Some([.., newest])) if let Some(metric) = self.burn_rate() => {
                Observed::BurnRate { value: *newest, lookback: metric.lookback() }
            }
            _ => Observed::Threshold,
        }
    }

    /// The metric, if it is a burn rate as it was measured and nothing worked out of it.
    fn burn_rate(&self) -> Option<&Named> {
        let metrics = self.configuration.as_ref()?.metrics.items.as_slice();
        let [Metric { metric_stat }] = metrics else { return None };
        let MetricStat { metric, stat } = metric_stat.as_ref()?;
        let metric = metric.as_ref()?;
        let name = (metric.namespace.text(), metric.name.text());
        let is_counted = matches!(stat.text(), Some("Sum" | "SampleCount"));
        (name == (Some("AWS/ApplicationSignals"), Some("BurnRate")) && !is_counted).then_some(metric)
    }

    pub(super) fn is_muted(&self) -> bool {
        self.mute_detail.as_ref().is_some_and(|mute| mute.muted_by_arn.text().is_some())
    }

    /// Where it happened: the service that a tag names, or the metric's namespace, and what the metric is of.
    pub(super) fn place(&self) -> Option<Foreign> {
        let metrics = self.configuration.as_ref().map(|configuration| configuration.metrics.items.as_slice());
        let metric = metrics.unwrap_or_default().iter().find_map(|metric| metric.metric_stat.as_ref()?.metric.as_ref());
        let tagged = self.tags.as_ref().and_then(Tags::service);
        let service = tagged.or_else(|| metric?.namespace.text());
        let dimensions = metric.map(|metric| metric.dimensions.0.as_slice()).unwrap_or_default();
        let parts = service.into_iter().chain(dimensions.iter().map(|(_, value)| value.as_str()));
        Foreign::line(&parts.collect::<Vec<_>>().join(" "))
    }

    /// The one of the time series that it is about, `TableName=orders`.
    pub(super) fn series(&self) -> Option<Foreign> {
        let attributes = &self.contributor.as_ref()?.attributes.0;
        let parts: Vec<_> = attributes.iter().map(|(name, value)| format!("{name}={value}")).collect();
        Foreign::line(&parts.join(" ")).or_else(|| self.contributor.as_ref()?.id.line())
    }
}

impl Named {
    /// The time over which a burn rate is measured.
    fn lookback(&self) -> Option<TimeDelta> {
        let mut dimensions = self.dimensions.0.iter();
        let (_, minutes) = dimensions.find(|(name, _)| name.as_str() == "BurnRateWindowMinutes")?;
        let minutes = minutes.as_str().parse().ok().filter(|minutes| (1..=LONGEST_LOOKBACK).contains(minutes))?;
        Some(TimeDelta::minutes(minutes))
    }
}

impl Tags {
    fn service(&self) -> Option<&str> {
        self.service.text().or_else(|| self.capital_service.text())
    }

    pub(super) fn urgency(&self) -> Option<Urgency> {
        self.urgency.text().or_else(|| self.capital_urgency.text()).and_then(urgency)
    }
}

/// `arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:checkout-5xx`
#[derive(Clone, Copy)]
pub(super) struct Arn<'a> {
    pub(super) whole: &'a str,
    partition: &'a str,
    region: &'a str,
    pub(super) name: &'a str,
}

impl<'a> Arn<'a> {
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(7, ':');
        let [arn, partition, service, region, _account, kind, name] = std::array::from_fn(|_| parts.next());
        let is_alarm = (arn, service, kind) == (Some("arn"), Some("cloudwatch"), Some("alarm"));
        let is_plain = |part: &&str| part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let partition = partition.filter(is_plain)?;
        let region = region.filter(is_plain).filter(|region| region.contains('-') && region.len() <= 30)?;
        is_alarm.then_some(Self { whole: text, partition, region, name: name.filter(|name| !name.is_empty())? })
    }

    /// Its page in the console.
    pub(super) fn page(self) -> Option<Link> {
        let domain = match self.partition {
            "aws" => "aws.amazon.com",
            "aws-cn" => "amazonaws.cn",
            "aws-us-gov" => "amazonaws-us-gov.com",
            _ => return None,
        };
        let region = self.region;
        // As in a fragment, where a plus sign is none.
        let name: String = form_urlencoded::byte_serialize(self.name.as_bytes()).collect();
        let name = name.replace('+', "%20").replace('*', "%2A");
        let host = format!("{region}.console.{domain}");
        Link::parse(&format!("https://{host}/cloudwatch/home?region={region}#alarmsV2:alarm/{name}"))
    }
}

/// The first values of a map, by their names.
#[derive(Default)]
struct Values(Vec<(Foreign, Foreign)>);

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = <&RawValue>::deserialize(deserializer)?.get();
        Ok(serde_json::Deserializer::from_str(json).deserialize_map(Self::default()).unwrap_or_default())
    }
}

impl<'de> Visitor<'de> for Values {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("values by their names")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self, A::Error> {
        for _ in 0..SHOWN {
            let Some((name, value)) = map.next_entry::<String, Scalar>()? else { return Ok(self) };
            self.0.extend(Foreign::line(&name).zip(value.line()));
        }
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(self)
    }
}
