//! What a job is called.
//!
//! Jenkins names a job within its folder. The job of a branch is named for the branch, so that `main` alone would be the job
//! of every project; the folders are in the job's address only.

use crate::domain::text::Foreign;

/// How many folders are shown, from the job outwards.
const SHOWN: usize = 2;
/// As in Jenkins' own full names.
const WITHIN: &str = " » ";

/// A job's name within its folders: `team » app » main`. The addresses are `job/team/job/app/job/main/` or that of a build;
/// the first of them that is one of a job counts.
pub(super) fn within_folders(name: &Foreign, addresses: [Option<&str>; 2]) -> Foreign {
    let folders = addresses.into_iter().flatten().find_map(folders).unwrap_or_default();
    if folders.is_empty() || name.as_str().contains(WITHIN) {
        return name.clone();
    }
    let left_out = folders.len().saturating_sub(SHOWN);
    let beginning = if left_out > 0 { vec!["…"] } else { Vec::new() };
    let shown = folders[left_out..].iter().map(String::as_str);
    let parts: Vec<_> = beginning.into_iter().chain(shown).chain([name.as_str()]).collect();
    Foreign::line(&parts.join(WITHIN)).unwrap_or_else(|| name.clone())
}

/// The folders of a job's or a build's address. `None` if it is not one.
fn folders(address: &str) -> Option<Vec<String>> {
    let path = address.split_once("://").map_or(address, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
    let path = path.split(['?', '#']).next().unwrap_or_default();
    // Jenkins may run below a path of its own.
    let mut parts = path.split('/').filter(|part| !part.is_empty()).skip_while(|part| *part != "job");
    let mut items = Vec::new();
    while let Some(part) = parts.next() {
        match part {
            "job" => items.extend(parts.next()),
            "view" => _ = parts.next(),
            // A configuration of a matrix or a module of Maven's; or the number of a build.
            part if part.bytes().all(|byte| byte.is_ascii_digit()) => break,
            part => items.push(part),
        }
    }
    items.pop()?;
    Some(items.into_iter().map(decoded).collect())
}

/// A name as it stands in an address, or the name of a branch's job: `feature%2Fx` is `feature/x`.
pub(super) fn decoded(name: &str) -> String {
    let value = format!("={}", name.replace('+', "%2B").replace('&', "%26"));
    form_urlencoded::parse(value.as_bytes()).map(|(_, name)| name.into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_named_within_its_folders() {
        for (name, url, build, expected) in [
            ("restart-app", "job/restart-app/", "", "restart-app"),
            ("main", "job/app/job/main/", "", "app » main"),
            ("main", "job/team/job/app/job/main/", "", "team » app » main"),
            ("main", "job/a/job/b/job/c/job/app/job/main/", "", "… » c » app » main"),
            ("feature/x", "job/app/job/feature%252Fx/", "", "app » feature/x"),
            ("main", "job/%E8%AB%8B%E6%B1%82/job/a%20b+c&d/job/main", "", "請求 » a b+c&d » main"),
            ("main", "https://ci.example.com/jenkins/job/app/job/main/", "", "app » main"),
            ("main", "", "https://job/jenkins/job/app/job/main/42/", "app » main"),
            ("main", "view/all/job/app/view/x/job/main/", "", "app » main"),
            ("job", "job/job/job/job/", "", "job » job"),
            ("42", "job/7/job/42/", "", "7 » 42"),
            ("label=linux", "job/matrix/label=linux/", "", "matrix » label=linux"),
            ("team » app » main", "job/team/job/app/job/main/", "", "team » app » main"),
            ("main", "main", "https://ci.example.com/", "main"),
            ("main", "job/", "", "main"),
            ("main", "job/%/job/main/", "", "% » main"),
            ("main", "job/%E2%80%8B/job/main/", "", "» main"),
        ] {
            let name = Foreign::line(name).expect("a name");
            assert_eq!(within_folders(&name, [Some(url), Some(build)]).as_str(), expected, "{url} {build}");
        }
        assert_eq!(decoded("feature%2Fx+1"), "feature/x+1");
    }
}
