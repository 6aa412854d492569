//! The split of a team's monitors between two notification groups: application, and everything else.
//!
//! A group gets what its monitors and services raise, and what the groups that contain it get. One group, whose name is
//! fixed, gets everything, but for the monitors that another group wants for itself alone
//! (<https://mackerel.io/docs/entry/howto/alerts#notification-group>).

use crate::domain::text::Foreign;
use std::collections::BTreeSet;

/// The group that gets everything.
const DEFAULT: &str = "Default";

/// A monitor, as far as it matters where its alerts go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Monitor {
    /// Mackerel's id.
    pub id: String,
    /// What people call it.
    pub name: Option<Foreign>,
    /// `host`, `service`, `external`, …
    pub type_: Option<Foreign>,
    /// Its alerts are told to nobody.
    pub is_mute: bool,
    /// The services that it is about; for a monitor of hosts none is every service.
    pub services: BTreeSet<String>,
    /// Whether the service of its alerts is that of a host.
    pub is_of_hosts: bool,
}

/// A notification group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Mackerel's id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Groups that get whatever this one gets.
    pub children: Vec<String>,
    /// Monitors whose alerts it gets.
    pub monitors: BTreeSet<String>,
    /// Those of them whose alerts no other group gets.
    pub only: BTreeSet<String>,
    /// Services whose alerts it gets.
    pub services: BTreeSet<String>,
}

/// Whether a group gets a monitor's alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// None of them.
    Never,
    /// Those of some hosts.
    OfSomeHosts,
    /// All.
    Always,
}

/// Where a monitor's alerts go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// To one of the two.
    One,
    /// To neither of the two: nobody may hear of them.
    Neither,
    /// To both: SRE and the developers are told of the same.
    Both,
    /// That depends on the host.
    Depends,
    /// To nobody, because it is muted.
    Muted,
}

/// Where a monitor's alerts go, of the two groups.
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
    // Groups that pass on to this one what they get, itself among them. Mackerel keeps them from going round in circles,
    // and if it does not, each is looked at once.
    let (mut above, mut found) = (vec![group], BTreeSet::from([group.id.as_str()]));
    while let Some(next) = above.iter().copied().find_map(|child| {
        all.iter().find(|parent| parent.children.contains(&child.id) && !found.contains(parent.id.as_str()))
    }) {
        found.insert(&next.id);
        above.push(next);
    }
    let of = |group: &&Group| match is_for_one_alone {
        true if group.only.contains(&monitor.id) => Reach::Always,
        true => Reach::Never,
        false => directly(monitor, group),
    };
    above.iter().map(of).max().unwrap_or(Reach::Never)
}

fn directly(monitor: &Monitor, group: &Group) -> Reach {
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
    fn the_default_group_gets_everything_but_what_another_wants_alone() {
        let mut all = [group("app", &["m1"], &[]), group("Default", &[], &[])];
        check(&monitor("m1", &[], false), &all, Verdict::Both);
        check(&monitor("m2", &[], true), &all, Verdict::One);
        all[0].only = texts(&["m1"]);
        check(&monitor("m1", &[], false), &all, Verdict::One);
    }

    #[test]
    fn a_group_passes_on_what_it_gets() {
        let mut all = [group("app", &[], &[]), group("sre", &["m2"], &[]), group("top", &["m1"], &[])];
        all[2].children = vec!["id-middle".into()];
        let mut middle = group("middle", &[], &[]);
        // A circle, which ends.
        middle.children = vec!["id-app".into(), "id-top".into()];
        let all = [all.to_vec(), vec![middle]].concat();
        check(&monitor("m1", &[], false), &all, Verdict::One);
        check(&monitor("m2", &[], false), &all, Verdict::One);
        check(&monitor("m3", &[], false), &all, Verdict::Neither);
    }
}
