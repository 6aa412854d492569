//! CloudWatch's alarms, as EventBridge hands them over. There is no route for them, so nobody can post one.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html>. Metric alarms and composite
//! ones have the same shape; which fields of `configuration` are there depends on the alarm, and none is relied on.
//!
//! An alarm is one incident, however often it goes off: an event names the state before it and no more, so only the alarm itself
//! leads from an end to its beginning.

mod alarm;

use super::events::urgency;
use super::scalar::{Scalar, comparable};
use super::unread::{arrival, digest, key_part, short_digest};
use super::wire::object;
use super::{Access, LARGEST_BODY, Source};
use crate::domain::incident::{
    Closing, Details, EventKind, Illegible, Incident, IncidentEvent, IncidentId, Origin, OtherSource, State, Urgency,
};
use crate::domain::service_level::ServiceLevel;
use crate::domain::text::Foreign;
use crate::net::lenient::{Lenient, List};
use alarm::{Arn, Detail, Value};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::Deserialize;

const TAG: &str = "CW";

pub(super) static SOURCE: Source = Source {
    origin: Origin::Other(&OtherSource {
        name: "cloudwatch",
        label: "CloudWatch",
        tag: Some(TAG),
        has_whole_texts: true,
        is_a_script: false,
        begins_once: false,
    }),
    sends: "An alarm of CloudWatch, as EventBridge has it",
    access: Access::EventBridge,
    delivery_id: None,
    read,
    reports_trouble,
};

/// EventBridge's envelope.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Event {
    #[serde(rename = "detail-type")]
    detail_type: Scalar,
    account: Scalar,
    region: Scalar,
    time: Scalar,
    /// The alarm's ARN.
    resources: List<Scalar, 1>,
    detail: Lenient<Detail>,
}

/// Without data for no longer than this, an alarm that was on is on still; later it goes off again.
const GAP: TimeDelta = TimeDelta::minutes(30);

/// What an alarm's event says.
struct News {
    kind: EventKind,
    /// How the incident is after it, if it says so.
    state: Option<State>,
    /// The word for it, where the kind does not say it.
    shown: Option<Foreign>,
    closing: Option<Closing>,
}

impl News {
    fn new(kind: EventKind, state: Option<State>) -> Self {
        Self { kind, state, shown: None, closing: None }
    }

    fn quiet(state: Option<State>, word: &Scalar) -> Self {
        Self { shown: word.line(), ..Self::new(EventKind::StateChanged, state) }
    }
}

/// Reads an event. One that says nothing new, or is of another kind (somebody edited an alarm), yields nothing.
fn read(body: &[u8], now: DateTime<Utc>) -> Result<Vec<IncidentEvent>, Illegible> {
    let event: Event = object(body)?;
    let news: fn(&Detail) -> Option<News> = match event.detail_type.text().ok_or(Illegible::Shape)? {
        "CloudWatch Alarm State Change" => news,
        "CloudWatch Alarm Contributor State Change" => news_of_contributor,
        _ => return Ok(Vec::new()),
    };
    let detail = event.detail.as_ref().ok_or(Illegible::Shape)?;
    let value = detail.state.as_ref().and_then(|state| state.value.text()).ok_or(Illegible::Shape)?;
    let id = event.id(detail).ok_or(Illegible::Shape)?;
    let Some(news) = news(detail) else { return Ok(Vec::new()) };
    Ok(vec![event.told(&id, detail, value, news, body, now)])
}

/// What a change of the alarm's own state says; `None` if that is nothing new.
fn news(detail: &Detail) -> Option<News> {
    let state = detail.state.as_ref()?;
    let before = detail.previous_state.as_ref();
    let was = before.and_then(|before| Value::of(&before.value));
    let was_held_back = before.is_some_and(alarm::State::is_held_back);
    let is_held_back = state.is_held_back() || detail.is_muted();
    Some(match (Value::of(&state.value), was) {
        // Its own actions were held back until now.
        (Some(Value::Alarm), Some(Value::Alarm)) if !was_held_back || is_held_back => return None,
        (Some(Value::Alarm), _) if is_held_back => {
            let shown = Foreign::line(if detail.is_muted() { "muted" } else { "suppressed" });
            News { shown, ..News::new(EventKind::StateChanged, Some(State::Triggered)) }
        }
        (Some(Value::Alarm), _) => News::new(EventKind::Triggered, Some(State::Triggered)),
        (Some(Value::Ok), Some(Value::Ok)) => return None,
        (Some(Value::Ok), Some(Value::NoData)) => {
            let closing = Some(Closing::DataAreBack);
            News { closing, ..News::new(EventKind::Resolved, Some(State::Resolved)) }
        }
        (Some(Value::Ok), _) => News::new(EventKind::Resolved, Some(State::Resolved)),
        // Many metrics have gaps; an alarm that is to go off for want of data has a setting for that.
        (Some(Value::NoData), Some(Value::Alarm)) => News::quiet(Some(State::Triggered), &state.value),
        (Some(Value::NoData), _) => return None,
        (None, _) => News::new(EventKind::Other(state.value.line()?), None),
    })
}

/// What a change of one of the time series says that an alarm watches together: it is part of the alarm's own incident.
fn news_of_contributor(detail: &Detail) -> Option<News> {
    Some(News::quiet(None, &detail.state.as_ref()?.value))
}

impl Event {
    /// The alarm's ARN, if it is one.
    fn arn(&self) -> Option<Arn<'_>> {
        Arn::parse(self.resources.items.first()?.text()?)
    }

    /// What the alarm's incident is known by: its ARN, or what makes one.
    fn id(&self, detail: &Detail) -> Option<String> {
        let whole = match self.arn() {
            Some(arn) => arn.whole.to_owned(),
            None => {
                let [account, region] = [&self.account, &self.region].map(|part| part.text().unwrap_or_default());
                format!("{region}:{account}:alarm:{}", detail.alarm_name.text()?)
            }
        };
        Some(short_digest(&whole).to_ascii_uppercase())
    }

    fn told(
        &self,
        id: &str,
        detail: &Detail,
        value: &str,
        news: News,
        body: &[u8],
        now: DateTime<Utc>,
    ) -> IncidentEvent {
        let News { kind, state, shown, closing } = news;
        let own = detail.state.as_ref().and_then(|state| state.timestamp.moment(now));
        let at = own.or_else(|| self.time.moment(now));
        let series = detail.contributor.as_ref().and_then(|series| series.id.text());
        let series = series.map(|id| format!("{}:", short_digest(id))).unwrap_or_default();
        let word = comparable(value);
        let name = format!("{id}:{series}{}", key_part(&word));
        let name = match at {
            Some(at) => format!("{name}:{}", at.to_rfc3339_opts(SecondsFormat::Millis, true)),
            None => format!("{name}:{}", arrival(body, now)),
        };
        let arn = self.arn();
        let alarm_name = detail.alarm_name.text().or(arn.map(|arn| arn.name));
        let (asked, mut description) = described(detail);
        let service_level = ServiceLevel::take_from(&mut description, detail.observed());
        // That one of its series is well again says nothing of the others.
        let is_of_one_that_is_well = kind == EventKind::StateChanged && value.eq_ignore_ascii_case("ok");
        let service_level = service_level.filter(|_| !is_of_one_that_is_well);
        let ended = before(detail, Value::Alarm).filter(|_| kind == EventKind::Resolved);
        let without_data_since = before(detail, Value::NoData).and_then(|before| before.timestamp.moment(now));
        let is_short = without_data_since.zip(own).is_some_and(|(since, at)| at - since <= GAP);
        let is_said_again = kind == EventKind::Triggered && is_short;
        let shown = shown.or_else(|| Foreign::line(value).filter(|_| is_said_again));
        let mut quote = detail.state.as_ref().map(|state| state.reason.lines()).unwrap_or_default();
        if kind == EventKind::Triggered {
            quote.extend(description);
        }
        let calls = kind.calls_somebody();
        let urgency = detail.tags.as_ref().and_then(alarm::Tags::urgency).or(asked).filter(|_| calls);
        IncidentEvent {
            incident: Incident {
                id: Some(IncidentId::of(TAG, id)),
                title: alarm_name.and_then(Foreign::line),
                service: detail.place(),
                urgency,
                state,
                link: arn.and_then(Arn::page),
                created_at: ended.and_then(|before| before.timestamp.moment(now)),
                ..Incident::default()
            },
            details: Details {
                state: shown,
                is_said_again,
                quote,
                closing,
                subject: detail.series(),
                service_level,
                ..Details::default()
            },
            untimed: at.is_none().then(|| digest(body).into()),
            ..IncidentEvent::new(SOURCE.origin, SOURCE.origin.key(name), kind, at.unwrap_or(now))
        }
    }
}

/// The state before, if that was its value.
fn before(detail: &Detail, value: Value) -> Option<&alarm::State> {
    detail.previous_state.as_ref().filter(|before| Value::of(&before.value) == Some(value))
}

/// What the alarm's description says, and the urgency that a line of it asks for: `urgency: low`.
fn described(detail: &Detail) -> (Option<Urgency>, Vec<Foreign>) {
    let text = detail.configuration.as_ref().map(|configuration| configuration.description.lines());
    let mut asked = None;
    let mut lines = text.unwrap_or_default();
    lines.retain(|line| {
        let named = line.as_str().split_once([':', '：', '=']);
        let named = named.filter(|(name, _)| ["urgency", "緊急度"].contains(&name.trim().to_lowercase().as_str()));
        let Some(found) = named.and_then(|(_, word)| urgency(word)) else { return true };
        asked = asked.or(Some(found));
        false
    });
    (asked, lines)
}

/// Whether an event that cannot be read is of an alarm that goes off: its state, not the one before it.
fn reports_trouble(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(&body[..body.len().min(LARGEST_BODY)]);
    text.match_indices("\"state\"").any(|(at, _)| {
        let rest = &text[at..];
        let ends = ["\"previousState\"", "\"configuration\""].iter().filter_map(|name| rest.find(name));
        let state = &rest[..ends.min().unwrap_or(rest.len())];
        ["\"state\"", "\"value\""].iter().any(|name| state.split(name).skip(1).any(is_alarm))
    })
}

/// Whether what comes after the name of a field is that an alarm goes off.
fn is_alarm(after: &str) -> bool {
    let value = after.trim_start().strip_prefix(':').map(str::trim_start);
    value.is_some_and(|value| value.starts_with("\"ALARM\""))
}

#[cfg(test)]
mod tests;
