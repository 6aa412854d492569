//! What `toban check` prints: one line for each finding, as soon as it is found.

use crate::cli::print;
use crate::pagerduty::health::Grade;
use crate::relay::check::{Checked, Report};

/// Prints what is found, and counts what is wrong.
#[derive(Debug, Default)]
pub(super) struct Printed {
    wrong: usize,
}

impl Printed {
    pub fn is_all_right(&self) -> bool {
        self.wrong == 0
    }
}

impl Report for Printed {
    fn add(&mut self, Checked { grade, topic, text, link, .. }: Checked) {
        let mark = match grade {
            Grade::Right => "✓",
            Grade::Unknown => "·",
            Grade::Odd => "!",
            Grade::Wrong => "✗",
        };
        self.wrong += usize::from(grade == Grade::Wrong);
        print::line(format_args!("{mark} {topic:<10}{text}"));
        if let Some(link) = link {
            print::line(format_args!("            {}", link.as_str()));
        }
    }

    fn waits_for(&mut self, what: &str) {
        print::stderr_line(format_args!("… {what}"));
    }
}
