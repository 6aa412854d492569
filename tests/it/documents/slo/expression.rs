//! The part of Mackerel's expressions that the monitors use: <https://mackerel.io/docs/entry/advanced/advanced-graph#functions>.

use std::collections::BTreeSet;

/// What the AWS integration has of a load balancer: <https://mackerel.io/docs/entry/integrations/aws/alb>.
const METRICS: [&str; 6] = [
    "custom.alb.request.count",
    "custom.alb.httpcode_count.target_5xx",
    "custom.alb.httpcode_count.alb_5xx",
    "custom.alb.response.time_p99",
    "custom.alb.request_per_group.GROUP.count",
    "custom.alb.httpcode_count_per_group.GROUP.target_5xx",
];

#[derive(Debug)]
pub enum Expression {
    Call(String, Vec<Expression>),
    Word(String),
}

impl Expression {
    #[track_caller]
    pub fn parse(text: &str) -> Self {
        let (parsed, rest) = Self::begin(text);
        assert_eq!(rest, "", "{text}");
        parsed
    }

    #[track_caller]
    fn begin(text: &str) -> (Self, &str) {
        let end = text.find(['(', ')', ',']).unwrap_or(text.len());
        let (word, mut rest) = text.split_at(end);
        assert!(!word.is_empty() && !word.contains(' '), "a word is missing before '{rest}'");
        if !rest.starts_with('(') {
            return (Self::Word(word.to_owned()), rest);
        }
        let mut given = Vec::new();
        while let Some(after) = rest.strip_prefix(if given.is_empty() { '(' } else { ',' }) {
            let (one, after) = Self::begin(after);
            given.push(one);
            rest = after;
        }
        let rest = rest.strip_prefix(')').unwrap_or_else(|| panic!("'{word}' does not end: '{rest}'"));
        (Self::Call(word.to_owned(), given), rest)
    }

    #[track_caller]
    fn word(&self) -> &str {
        match self {
            Self::Word(word) => word,
            Self::Call(name, _) => panic!("{name} stands where a word has to be"),
        }
    }

    /// The durations of its moving averages.
    pub fn windows(&self) -> BTreeSet<&str> {
        match self {
            Self::Word(_) => BTreeSet::new(),
            Self::Call(name, given) if name == "movingAverage" => [given[1].word()].into(),
            Self::Call(_, given) => given.iter().flat_map(Self::windows).collect(),
        }
    }

    /// Its one line, if within each window a metric always has the value that is read.
    #[track_caller]
    pub fn value(&self, read: &impl Fn(&str, &str) -> f64) -> f64 {
        let lines = self.lines("", read);
        assert_eq!(lines.len(), 1, "only an expression of one line can be monitored: {self:?}");
        lines[0]
    }

    #[track_caller]
    fn lines(&self, window: &str, read: &impl Fn(&str, &str) -> f64) -> Vec<f64> {
        let Self::Call(name, given) = self else { panic!("{self:?} is no metric") };
        let of = |one: &Self| one.lines(window, read);
        match (name.as_str(), given.as_slice()) {
            ("host", [host, metric]) => {
                assert_eq!(host.word(), "ALB");
                assert!(METRICS.contains(&metric.word()), "Mackerel has no {}", metric.word());
                assert!(!window.is_empty(), "{} is not averaged", metric.word());
                vec![read(metric.word(), window)]
            }
            ("group", [_, _, ..]) => given.iter().flat_map(of).collect(),
            ("sum", [one]) => vec![of(one).into_iter().sum()],
            ("min", [one]) => vec![of(one).into_iter().fold(f64::INFINITY, f64::min)],
            ("divide", [one, other]) => of(one).iter().zip(&of(other)).map(|(one, other)| one / other).collect(),
            ("scale", [one, factor]) => {
                let factor: f64 = factor.word().parse().expect("a factor");
                of(one).into_iter().map(|value| value * factor).collect()
            }
            ("movingAverage", [one, duration]) => {
                assert!(duration.word().ends_with(['m', 'h', 'd', 'w', 'y']), "{duration:?}");
                one.lines(duration.word(), read)
            }
            _ => panic!("Mackerel has no {name} of {} arguments", given.len()),
        }
    }
}
