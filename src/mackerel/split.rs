//! Whether a team's monitors are split between two notification groups: the application's, and everything else.
//!
//! A group receives the alerts of its monitors and services, and those of the groups that contain it. The group with the
//! fixed name `Default` receives everything, except for monitors that another group has for itself
//! (<https://mackerel.io/docs/entry/howto/alerts#notification-group>).

use crate::domain::text::Foreign;
use std::collections::BTreeSet;

/// The group that receives everything.
const DEFAULT: &str = "Default";

/// A monitor: what decides where its alerts go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Monitor {
    pub id: String,
    pub name: Option<Foreign>,
    /// `host`, `service`, `external`, …
    pub type_: Option<Foreign>,
    /// Whether its alerts go nowhere.
    pub is_mute: bool,
    /// The services that it is about; without any, a monitor of hosts is about all of them.
    pub services: BTreeSet<String>,
    /// Whether the service of an alert is the host's.
    pub is_of_hosts: bool,
}

/// A notification group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub id: String,
    pub name: String,
    /// Groups that receive whatever this one receives, by id.
    pub children: Vec<String>,
    /// Monitors whose alerts it receives, by id.
    pub monitors: BTreeSet<String>,
    /// Those of them whose alerts no other group receives.
    pub only: BTreeSet<String>,
    /// Services whose alerts it receives.
    pub services: BTreeSet<String>,
}

/// Whether a group receives a monitor's alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    Never,
    /// Only those of some hosts.
    OfSomeHosts,
    Always,
}

/// Where a monitor's alerts go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// To one of the two groups.
    One,
    /// To neither: perhaps nobody is notified.
    Neither,
    /// To both: SRE and the developers are notified of the same.
    Both,
    /// It depends on the host.
    Depends,
    /// Nowhere: the monitor is muted.
    Muted,
}

/// Which of the two groups a monitor's alerts go to.
pub fn verdict(monitor: &Monitor, one: &Group, other: &Group, all: &[Group]) -> Verdict {
    if monitor.is_mute {
        return Verdict::Muted;
    }
    match (reach(monitor, one, all), reach(monitor, other, all)) {
        (Reach::Never, Reach::Never) => Verdict::Neither,
        (Reach::Always, Reach::Always) => Verdict::Both,
        (Reach::Always, Reach::Never) | (Reach::Never, Reach::Always) => Verdict::One,
        (Reach::OfSomeHosts, _) | (_, Reach::OfSomeHosts) => Verdict::Depends,
    }
}

/// The group of that name or id.
pub fn find<'a>(all: &'a [Group], name: &str) -> Option<&'a Group> {
    all.iter().find(|group| group.name == name).or_else(|| all.iter().find(|group| group.id == name))
}

fn reach(monitor: &Monitor, group: &Group, all: &[Group]) -> Reach {
    let is_for_one_alone = all.iter().any(|group| group.only.contains(&monitor.id));
    // This group, and the groups that pass on to it what they receive. Mackerel allows no cycles; if there is one all the
    // same, each group is visited once.
    let mut above = vec![group];
    let mut found = BTreeSet::from([group.id.as_str()]);
    while let Some(next) = above.iter().copied().find_map(|child| {
        all.iter().find(|parent| parent.children.contains(&child.id) && !found.contains(parent.id.as_str()))
    }) {
        found.insert(&next.id);
        above.push(next);
    }
    let direct = |group: &&Group| {
        if group.only.contains(&monitor.id) {
            Reach::Always
        } else if is_for_one_alone {
            Reach::Never
        } else {
            direct_reach(monitor, group)
        }
    };
    above.iter().map(direct).max().unwrap_or(Reach::Never)
}

/// Without the groups that pass on to this one.
fn direct_reach(monitor: &Monitor, group: &Group) -> Reach {
    let is_in = |service: &&String| group.services.contains(*service);
    if group.name == DEFAULT || group.monitors.contains(&monitor.id) {
        return Reach::Always;
    }
    match (monitor.services.iter().filter(is_in).count(), monitor.services.len()) {
        (0, 0) if monitor.is_of_hosts && !group.services.is_empty() => Reach::OfSomeHosts,
        (0, _) => Reach::Never,
        (some, all) if some == all => Reach::Always,
        _ => Reach::OfSomeHosts,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(all: &[&str]) -> BTreeSet<String> {
        all.iter().map(|text| (*text).to_owned()).collect()
    }

    fn group(name: &str, monitors: &[&str], services: &[&str]) -> Group {
        Group {
            id: format!("id-{name}"),
            name: name.into(),
            children: Vec::new(),
            monitors: texts(monitors),
            only: BTreeSet::new(),
            services: texts(services),
        }
    }

    fn monitor(id: &str, services: &[&str], is_of_hosts: bool) -> Monitor {
        Monitor { id: id.into(), name: None, type_: None, is_mute: false, services: texts(services), is_of_hosts }
    }

    fn check(monitor: &Monitor, all: &[Group], expected: Verdict) {
        assert_eq!(verdict(monitor, &all[0], &all[1], all), expected, "{monitor:?}");
    }

    #[test]
    fn monitors_and_services_reach_a_group() {
        let all = [group("app", &["m1", "m3"], &["backlog"]), group("sre", &["m2", "m3"], &["infra"])];
        check(&monitor("m1", &[], false), &all, Verdict::One);
        check(&monitor("m2", &[], false), &all, Verdict::One);
        check(&monitor("m3", &[], false), &all, Verdict::Both);
        check(&monitor("m4", &[], false), &all, Verdict::Neither);
        check(&monitor("m4", &["backlog"], false), &all, Verdict::One);
        check(&monitor("m4", &["backlog"], true), &all, Verdict::One);
        check(&monitor("m2", &["backlog"], true), &all, Verdict::Both);
        check(&monitor("m4", &["wiki"], true), &all, Verdict::Neither);
        check(&monitor("m4", &["backlog", "infra"], true), &all, Verdict::Depends);
        check(&monitor("m4", &[], true), &all, Verdict::Depends);
        check(&Monitor { is_mute: true, ..monitor("m4", &[], false) }, &all, Verdict::Muted);
    }

    #[test]
    fn the_default_group_receives_everything_but_what_another_has_for_itself() {
        let mut all = [group("app", &["m1"], &[]), group("Default", &[], &[])];
        check(&monitor("m1", &[], false), &all, Verdict::Both);
        check(&monitor("m2", &[], true), &all, Verdict::One);
        all[0].only = texts(&["m1"]);
        check(&monitor("m1", &[], false), &all, Verdict::One);
    }

    #[test]
    fn a_group_passes_on_what_it_receives() {
        let mut all = [group("app", &[], &[]), group("sre", &["m2"], &[]), group("top", &["m1"], &[])];
        all[2].children = vec!["id-middle".into()];
        let mut middle = group("middle", &[], &[]);
        // A cycle.
        middle.children = vec!["id-app".into(), "id-top".into()];
        let all = [all.to_vec(), vec![middle]].concat();
        check(&monitor("m1", &[], false), &all, Verdict::One);
        check(&monitor("m2", &[], false), &all, Verdict::One);
        check(&monitor("m3", &[], false), &all, Verdict::Neither);
    }
}
