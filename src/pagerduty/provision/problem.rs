//! What keeps a plan from being made: what the file only refers to is missing, is there twice, or cannot be used.

use crate::domain::message::Language;
use crate::pagerduty::state::Name;
use std::fmt;

/// One of them. Its text says how to fix it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    NoService(Name),
    /// In this field of the file.
    NoUser(&'static str),
    /// The dummy, with this role.
    DummyIsStakeholder(Name, String),
    /// Whoever is on call on holidays, with this role.
    OnHolidaysIsStakeholder(Name, String),
    NoSchedule {
        name: Name,
        /// Why PagerDuty lists no schedules made of shifts, in its words.
        refused: Option<String>,
    },
    /// The dummy's schedule.
    MadeOfShifts(Name),
    Schedules {
        name: Name,
        of_layers: usize,
        of_shifts: usize,
    },
    Services(Name, usize),
    Policies(Name, usize),
}

/// Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// Each on a line of its own, after a line break.
    pub fn said(&self, language: Language) -> String {
        self.0.iter().map(|problem| format!("\n  {}", problem.said(language))).collect()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said(Language::English))
    }
}

impl Problem {
    pub fn said(&self, language: Language) -> String {
        match language {
            Language::English => self.in_english(),
            Language::Japanese => self.in_japanese(),
        }
    }

    fn in_english(&self) -> String {
        match self {
            Self::NoService(name) => format!(
                "no service is called {name}; create it in PagerDuty first, with what sends its alerts, or fix `service`"
            ),
            Self::NoUser(field) => {
                format!("no user has the e-mail address in `{field}`: fix it, or create the user in PagerDuty first")
            }
            Self::DummyIsStakeholder(name, role) => {
                format!("user {name} has the role {role}, and a stakeholder cannot be on call: give it another role")
            }
            Self::OnHolidaysIsStakeholder(name, role) => {
                format!("user {name} has the role {role}, and a stakeholder cannot be on call: name another one")
            }
            Self::NoSchedule { name, refused } => {
                let refused = refused.as_ref();
                let refused = refused.map(|why| format!(" (PagerDuty does not list those made of shifts: {why})"));
                format!(
                    "no schedule is called {name}{}; fix `sre_schedule`, or create it in PagerDuty first",
                    refused.unwrap_or_default()
                )
            }
            Self::MadeOfShifts(name) => format!(
                "schedule {name} is made of shifts, and toban writes only schedules made of layers: give `schedule` another \
                 name in the file; once no escalation policy refers to this one, it can be deleted in PagerDuty"
            ),
            Self::Schedules { name, of_layers, of_shifts } => {
                let kinds = match (of_layers, of_shifts) {
                    (_, 0) | (0, _) => String::new(),
                    _ => format!(", {of_layers} made of layers and {of_shifts} made of shifts"),
                };
                format!("{} schedules are called {name}{kinds}: rename all but one", of_layers + of_shifts)
            }
            Self::Services(name, count) => format!("{count} services are called {name}: rename all but one"),
            Self::Policies(name, count) => format!("{count} escalation policies are called {name}: rename all but one"),
        }
    }

    fn in_japanese(&self) -> String {
        match self {
            Self::NoService(name) => format!(
                "サービス {name} がありません。先に PagerDuty で、アラートの送り手とともに作るか、`service` を直してください"
            ),
            Self::NoUser(field) => format!(
                "`{field}` のメールアドレスのユーザーがいません。`{field}` を直すか、先に PagerDuty でユーザーを作ってください"
            ),
            Self::DummyIsStakeholder(name, role) => format!(
                "ユーザー {name} の権限は {role} です。ステークホルダーはオンコールになれません。ほかの権限にしてください"
            ),
            Self::OnHolidaysIsStakeholder(name, role) => format!(
                "ユーザー {name} の権限は {role} です。ステークホルダーはオンコールになれません。ほかのユーザーを指定してください"
            ),
            Self::NoSchedule { name, refused } => {
                let refused = refused.as_ref();
                let refused = refused.map(|why| format!(" (シフト形式のものは PagerDuty が一覧を返しません: {why})"));
                format!(
                    "スケジュール {name} がありません{}。`sre_schedule` を直すか、先に PagerDuty で作ってください",
                    refused.unwrap_or_default()
                )
            }
            Self::MadeOfShifts(name) => format!(
                "スケジュール {name} はシフト形式ですが、toban が書き込めるのはレイヤー形式だけです。ファイルの `schedule` \
                 を別の名前にしてください。どのエスカレーションポリシーからも使われなくなれば、古いほうは PagerDuty で削除できます"
            ),
            Self::Schedules { name, of_layers, of_shifts } => {
                let kinds = match (of_layers, of_shifts) {
                    (_, 0) | (0, _) => String::new(),
                    _ => format!(" (レイヤー形式 {of_layers} 個、シフト形式 {of_shifts} 個)"),
                };
                several("スケジュール", name, of_layers + of_shifts, &kinds)
            }
            Self::Services(name, count) => several("サービス", name, *count, ""),
            Self::Policies(name, count) => several("エスカレーションポリシー", name, *count, ""),
        }
    }
}

fn several(what: &str, name: &Name, count: usize, kinds: &str) -> String {
    format!("{what} {name} が {count} 個あります{kinds}。1 つを残して、名前を変えてください")
}
