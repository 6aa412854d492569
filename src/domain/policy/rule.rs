//! The rules by which somebody is mentioned or not, and their names in the log, the ledger and the metrics.

/// Which line of the table of mentions decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// This kind of event mentions nobody (`MENTION_ON`).
    KindIsQuiet,
    /// In working hours: those on call today.
    WorkingHours,
    /// In working hours, and no cell of the day names anybody who can be mentioned.
    RotationGap,
    /// In working hours, and the day is marked as deliberately nobody's.
    MarkedNobody,
    /// In working hours, and the rotation cannot be read.
    RotationUnreadable,
    /// In working hours: the new assignees.
    WentTo,
    /// In working hours, but none of the new assignees is in the members tab.
    WentToStrangers,
    /// In working hours, and whoever gave it away gave it to themselves.
    TookItThemselves,
    /// It comes after its incident was resolved.
    OverAlready,
    OutsideHours,
    /// It happened in working hours, but is posted too long after they ended.
    PostedTooLate,
    /// Outside working hours, and assigned to placeholder users only: PagerDuty calls nobody, and nobody is at work.
    HeldByNobody,
    /// It would mention somebody, but another event that was found with it already does.
    AnotherMentions,
    /// It would mention somebody, and may have done so twice already.
    RepeatedBefore,
    /// The shift ends: whoever is on it.
    OnIt,
    /// A drill: whoever is on call if that was asked for, at any time, and otherwise nobody.
    Drill,
    /// Somebody has called SRE from the chat in vain: at any time.
    SreNotCalled,
    /// What somebody has pressed, or what becomes of an incident when the shift is over: there to be read.
    ForTheRecord,
}

impl Rule {
    pub fn name(self) -> &'static str {
        match self {
            Self::KindIsQuiet => "kind_is_quiet",
            Self::WorkingHours => "working_hours",
            Self::RotationGap => "rotation_gap",
            Self::MarkedNobody => "marked_nobody",
            Self::RotationUnreadable => "rotation_unreadable",
            Self::WentTo => "went_to",
            Self::WentToStrangers => "went_to_strangers",
            Self::TookItThemselves => "took_it_themselves",
            Self::OverAlready => "over_already",
            Self::OutsideHours => "outside_hours",
            Self::PostedTooLate => "posted_too_late",
            Self::HeldByNobody => "held_by_nobody",
            Self::AnotherMentions => "another_mentions",
            Self::RepeatedBefore => "repeated_before",
            Self::OnIt => "on_it",
            Self::Drill => "drill",
            Self::SreNotCalled => "sre_not_called",
            Self::ForTheRecord => "for_the_record",
        }
    }
}
