//! The schedules: when the reminders are sent for given hours, evaluated as CloudFormation does.

use super::node::Node;
use super::template;
use chrono::{DateTime, Utc};
use std::sync::Arc;
use toban::domain::calendar::{BusinessDays, BusinessHours, Calendar, CompanyHolidays, NationalHolidays};
use toban::domain::reminder::Reminder;
use toban::lambda::schedule::Event;

const REMINDERS: [(&str, Reminder); 2] = [("Morning", Reminder::Morning), ("Evening", Reminder::Evening)];

#[test]
fn reminders_are_scheduled_when_business_hours_begin_and_end() {
    let template = template();
    for (hours, morning, evening) in [
        ("10:00-17:00", "cron(00 10 * * ? *)", "cron(00 17 * * ? *)"),
        ("09:30-18:15", "cron(30 09 * * ? *)", "cron(15 18 * * ? *)"),
        ("00:00-24:00", "cron(00 00 * * ? *)", "cron(59 23 * * ? *)"),
        ("23:58-23:59", "cron(58 23 * * ? *)", "cron(59 23 * * ? *)"),
    ] {
        assert!(BusinessHours::parse(hours).is_some(), "{hours} are not business hours");
        let when = |event: &str| {
            let expression = template
                .at(&format!("Resources.ReminderFunction.Properties.Events.{event}.Properties.ScheduleExpression"));
            Stack { template: &template, hours }.text(expression)
        };
        assert_eq!([when("Morning"), when("Evening")], [morning, evening], "{hours}");
    }
    let pattern = template.at("Parameters.BusinessHours.AllowedPattern").text();
    assert_eq!(
        pattern, "^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
        "whatever it lets through has to be worked out above"
    );
}

#[test]
fn the_function_understands_what_the_schedules_send() {
    let template = template();
    let hours = BusinessHours::parse("10:00-17:00").expect("hours");
    let days = BusinessDays::parse("Mon-Fri").expect("days");
    let zone = chrono_tz::Asia::Tokyo;
    let national = NationalHolidays::Japan;
    let calendar = Calendar { zone, hours, days, national, company: Arc::new(CompanyHolidays::new()) };
    let at = |text: &str| text.parse::<DateTime<Utc>>().expect("an instant");
    let scheduled = at("2026-11-24T01:00:00Z");
    let now = at("2026-11-24T01:00:07Z");
    for (event, reminder) in REMINDERS {
        let input =
            template.at(&format!("Resources.ReminderFunction.Properties.Events.{event}.Properties.Input")).text();
        let input = input.replace("<aws.scheduler.scheduled-time>", "2026-11-24T01:00:00Z");
        let event: Event = serde_json::from_str(&input).unwrap_or_else(|error| panic!("{input}: {error}"));
        assert_eq!(event.wanted(&calendar, now), Ok((reminder, scheduled)), "{input}");
    }
}

#[test]
fn schedules_are_every_day_s_in_the_zone_of_the_settings() {
    let template = template();
    let events = template.at("Resources.ReminderFunction.Properties.Events");
    assert_eq!(events.keys().collect::<Vec<_>>(), REMINDERS.map(|(event, _)| event));
    for (event, _) in REMINDERS {
        assert_eq!(events.at(&format!("{event}.Type")).text(), "ScheduleV2", "{event}");
        let properties = events.at(&format!("{event}.Properties"));
        for (property, expected) in [
            ("ScheduleExpressionTimezone", "!Ref TimeZone"),
            ("OmitName", "true"),
            ("RoleArn", "!GetAtt ScheduleRole.Arn"),
            ("RetryPolicy", "{MaximumRetryAttempts: 10, MaximumEventAgeInSeconds: 3600}"),
        ] {
            assert_eq!(properties.at(property).to_string(), expected, "{event}: {property}");
        }
    }
}

#[test]
fn the_watchdog_is_called_every_ten_minutes() {
    let template = template();
    let events = template.at("Resources.WatchdogFunction.Properties.Events");
    assert_eq!(events.keys().collect::<Vec<_>>(), ["Round"]);
    let round = events.at("Round.Properties");
    for (property, expected) in [
        ("ScheduleExpression", "cron(0/10 * * * ? *)"),
        ("ScheduleExpressionTimezone", "!Ref TimeZone"),
        ("OmitName", "true"),
        ("RoleArn", "!GetAtt WatchdogScheduleRole.Arn"),
    ] {
        assert_eq!(round.at(property).to_string(), expected, "{property}");
    }
}

/// A stack of this template with those hours: as much of CloudFormation as the schedules need.
struct Stack<'a> {
    template: &'a Node,
    hours: &'a str,
}

impl Stack<'_> {
    #[track_caller]
    fn text(&self, node: &Node) -> String {
        self.value(node).text().to_owned()
    }

    fn value(&self, node: &Node) -> Node {
        let Node::Call(function, given) = node else {
            return node.clone();
        };
        match (function.as_str(), given.items()) {
            ("Ref", [Node::Text(name)]) if name == "BusinessHours" => Node::Text(self.hours.to_owned()),
            ("Split", [at, text]) => {
                let text = self.text(text);
                Node::List(text.split(at.text()).map(|part| Node::Text(part.to_owned())).collect())
            }
            ("Select", [number, list]) => self.value(list).at(number.text()).clone(),
            ("Sub", [Node::Text(text), names @ Node::Map(_)]) => {
                let fill = |text: String, (name, value): &(String, Node)| {
                    text.replace(&format!("${{{name}}}"), &self.text(value))
                };
                Node::Text(names.entries().iter().fold(text.clone(), fill))
            }
            ("If", [condition, then, otherwise]) => {
                let condition = self.template.at(&format!("Conditions.{}", condition.text()));
                self.value(if self.text(condition) == "true" { then } else { otherwise })
            }
            ("Equals", [one, other]) => Node::Text((self.text(one) == self.text(other)).to_string()),
            _ => panic!("{node} is unexpected in a schedule"),
        }
    }
}
