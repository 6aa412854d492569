//! Faults that the fakes play, drawn at random from a seed.

use std::str::FromStr;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Service {
    Token,
    Sheets,
    Slack,
    Typetalk,
    /// SQS.
    Queue,
    /// DynamoDB.
    Table,
    /// SSM.
    Secrets,
}

impl Service {
    const ALL: [Self; 7] =
        [Self::Token, Self::Sheets, Self::Slack, Self::Typetalk, Self::Queue, Self::Table, Self::Secrets];

    pub fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Sheets => "sheets",
            Self::Slack => "slack",
            Self::Typetalk => "typetalk",
            Self::Queue => "queue",
            Self::Table => "table",
            Self::Secrets => "secrets",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// 429 with `Retry-After: 1`.
    TooMany,
    /// 500.
    Broken,
    /// The request is read and never answered.
    Timeout,
    /// The connection is reset once the request is read.
    Reset,
}

/// `slack=429:0.2,reset:0.05`: the chance of each fault at each call of a service.
#[derive(Clone, Debug)]
pub struct Rule {
    pub service: Service,
    chances: Vec<(Fault, f64)>,
}

impl FromStr for Rule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not SERVICE=FAULT:CHANCE[,FAULT:CHANCE], as in slack=429:0.2,reset:0.05");
        let (service, chances) = text.split_once('=').ok_or_else(wrong)?;
        let service = Service::ALL.into_iter().find(|known| known.name() == service).ok_or_else(wrong)?;
        let chances = chances
            .split(',')
            .map(|part| {
                let (fault, chance) = part.split_once(':')?;
                let fault = match fault {
                    "429" => Fault::TooMany,
                    "500" => Fault::Broken,
                    "timeout" => Fault::Timeout,
                    "reset" => Fault::Reset,
                    _ => return None,
                };
                Some((fault, chance.parse().ok().filter(|c| (0.0..=1.0).contains(c))?))
            })
            .collect::<Option<Vec<_>>>()
            .ok_or_else(wrong)?;
        Ok(Self { service, chances })
    }
}

pub struct Faults {
    rules: Vec<Rule>,
    state: u64,
}

impl Faults {
    pub fn new(rules: Vec<Rule>, seed: u64) -> Self {
        Self { rules, state: seed }
    }

    pub fn any(&self) -> bool {
        !self.rules.is_empty()
    }

    pub fn hit(&self, services: &[Service]) -> bool {
        self.rules.iter().any(|rule| services.contains(&rule.service))
    }

    pub fn draw(&mut self, service: Service) -> Option<Fault> {
        let rule = self.rules.iter().find(|rule| rule.service == service)?.clone();
        let mut left = self.uniform();
        for (fault, chance) in rule.chances {
            if left < chance {
                return Some(fault);
            }
            left -= chance;
        }
        None
    }

    /// SplitMix64, as a number in `0.0..1.0`.
    fn uniform(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}
