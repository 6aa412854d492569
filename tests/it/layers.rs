//! The map in `src/lib.rs`, checked against the code.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Modules or files, each with those that it may use.
type Layers = &'static [(&'static str, &'static [&'static str])];

/// Which modules a module may use, from the top down. Whatever is not listed, it may not.
const MAP: Layers = &[
    ("bin", &["lambda", "relay", "setup"]),
    ("main", &["cli"]),
    (
        "cli",
        &[
            "chat",
            "demo",
            "domain",
            "ledger",
            "mackerel",
            "net",
            "pagerduty",
            "queue",
            "relay",
            "roster",
            "server",
            "setup",
            "source",
            "store",
        ],
    ),
    ("demo", &["chat", "domain", "ledger", "net", "pagerduty", "queue", "relay", "roster", "server", "source"]),
    ("server", &["chat", "domain", "queue", "relay", "setup", "source", "store"]),
    ("lambda", &["domain", "relay", "source"]),
    (
        "setup",
        &["chat", "domain", "ledger", "mackerel", "net", "pagerduty", "queue", "relay", "roster", "source", "store"],
    ),
    ("relay", &["chat", "domain", "ledger", "net", "pagerduty", "queue", "roster", "source"]),
    ("queue", &["domain", "net", "source", "store"]),
    ("roster", &["domain", "ledger", "net"]),
    ("source", &["domain", "net"]),
    ("chat", &["domain", "net"]),
    ("pagerduty", &["domain", "net"]),
    ("mackerel", &["domain", "net"]),
    ("ledger", &["domain", "store"]),
    ("store", &["net"]),
    ("domain", &[]),
    ("net", &[]),
];

/// The same inside a module: which of its files a file may use. Each comes before those that it may use.
const WALLS: &[(&str, Layers)] = &[
    (
        "relay",
        &[
            ("intake", &["deliver"]),
            ("dispatch", &["act", "deliver", "post", "side_by_side", "via"]),
            ("act", &["deliver", "thread"]),
            ("together", &["deliver", "post", "side_by_side", "thread"]),
            ("deliver", &["post", "side_by_side", "tally", "team", "thread", "via"]),
            ("tick", &["notices", "shift", "watchdog"]),
            ("notices", &["daily_check", "exercise", "once", "turns", "weekly"]),
            ("turns", &["once", "post", "team"]),
            ("exercise", &["once", "post", "team"]),
            ("weekly", &["once", "post", "side_by_side", "team"]),
            ("daily_check", &["check", "once", "post", "team"]),
            ("once", &["post", "team", "via"]),
            ("check", &["team"]),
            ("shift", &["side_by_side", "team"]),
            ("watchdog", &["post", "side_by_side", "team", "via"]),
            ("reminder", &["post", "side_by_side", "team", "via"]),
            ("thread", &["post"]),
            ("post", &["via"]),
            ("via", &[]),
            ("team", &[]),
            ("tally", &[]),
            ("side_by_side", &[]),
        ],
    ),
    // The watchdog and the checks read PagerDuty; only `toban pagerduty` sets it up.
    ("pagerduty", &[("provision", &["api", "client", "error", "holidays", "spans", "state"])]),
];

/// The source files, by path below `src`, with everything after their tests' beginning cut off.
fn sources() -> BTreeMap<String, String> {
    fn walk(folder: &Path, root: &Path, found: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(folder).expect("a readable folder") {
            let path: PathBuf = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, root, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a readable file");
                let code = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
                let name = path.strip_prefix(root).expect("it is below the root").to_string_lossy().into_owned();
                found.insert(name, code);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeMap::new();
    walk(&root, &root, &mut found);
    found.retain(|name, _| !name.ends_with("tests.rs"));
    assert!(found.len() > 20, "the sources were not found");
    found
}

fn module_of(file: &str) -> &str {
    file.split('/').next().unwrap_or_default().trim_end_matches(".rs")
}

/// The modules of the crate that a file names.
fn used(code: &str) -> Vec<&str> {
    let code_lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    code_lines
        .flat_map(|line| ["crate::", "toban::"].into_iter().flat_map(move |prefix| line.split(prefix).skip(1)))
        .map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default())
        .filter(|module| !module.is_empty())
        .collect()
}

#[test]
fn dependencies_point_down_only() {
    let mut wrong = Vec::new();
    for (file, code) in sources() {
        let module = module_of(&file);
        if module == "lib" {
            continue;
        }
        let Some((_, allowed)) = MAP.iter().find(|(known, _)| *known == module) else {
            wrong.push(format!("{file}: the map does not know the module {module}"));
            continue;
        };
        for target in used(&code) {
            if target != module && !allowed.contains(&target) {
                wrong.push(format!("{file} uses {target}, which is not below it"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The files of a module that a line of one of its other files names.
fn used_inside<'a>(module: &str, code: &'a str) -> Vec<&'a str> {
    let prefix = format!("crate::{module}::");
    let code_lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let rests = code_lines.flat_map(|line| line.split(&prefix).skip(1).collect::<Vec<_>>());
    rests.map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()).collect()
}

/// The rows of the table in a document: the layer, and the modules in it.
fn table(document: &str, is_code: bool) -> Vec<(u8, Vec<String>)> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(document)).expect("a readable file");
    let lines = text.lines().map(|line| if is_code { line.trim_start_matches("//! ") } else { line });
    let cells = lines.map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
    let rows = cells.filter_map(|cells| Some((cells.get(1)?.parse().ok()?, cells.get(2)?.to_string())));
    let name = |module: &str| module.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    rows.map(|(layer, modules)| (layer, modules.split(", ").map(name).collect())).collect()
}

#[test]
fn the_table_has_every_module_above_those_that_it_uses() {
    let rows = table("src/lib.rs", true);
    assert_eq!(rows, table("docs/architecture.md", false), "src/lib.rs and docs/architecture.md have the same table");
    let layers: BTreeMap<_, _> =
        rows.iter().flat_map(|(layer, modules)| modules.iter().map(move |module| (module.as_str(), *layer))).collect();
    let known: Vec<_> = MAP.iter().map(|(module, _)| *module).collect();
    assert_eq!(layers.keys().copied().collect::<BTreeSet<_>>(), known.into_iter().collect());
    for (module, allowed) in MAP {
        for target in *allowed {
            let is_beside = [("main", "cli"), ("demo", "server"), ("server", "setup"), ("store", "net")]
                .contains(&(module, target));
            assert!(is_beside || layers[target] < layers[module], "{module} uses {target}, which is not below it");
        }
    }
}

#[test]
fn walls_inside_a_module_hold() {
    let mut wrong = Vec::new();
    for (module, files) in WALLS {
        for (file, code) in sources() {
            let Some(inner) = file.strip_prefix(&format!("{module}/")).map(module_of) else {
                continue;
            };
            let allowed = files.iter().find(|(known, _)| *known == inner).map(|(_, allowed)| *allowed);
            for target in used_inside(module, &code).into_iter().filter(|target| *target != inner) {
                let is_walled = files.iter().any(|(known, _)| *known == target);
                let is_wrong = match allowed {
                    Some(allowed) => !allowed.contains(&target) && target != "Client" && !target.is_empty(),
                    None => is_walled,
                };
                if is_wrong {
                    wrong.push(format!("{file} uses {module}::{target}, which is behind a wall"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_map_has_no_way_back_up() {
    for (position, (module, allowed)) in MAP.iter().enumerate() {
        for target in *allowed {
            let below = MAP.iter().position(|(known, _)| known == target).expect("the map knows its own modules");
            assert!(below > position, "{module} may use {target}, which is above it");
        }
    }
}

#[test]
fn the_core_is_pure_and_the_clock_is_read_at_the_rim() {
    let mut wrong = Vec::new();
    for (file, code) in sources() {
        let is_core = file.starts_with("domain/");
        let is_start = ["setup/function.rs", "setup/wiring.rs"].contains(&file.as_str());
        let is_wiring = is_start || ["bin", "cli", "main"].contains(&module_of(&file));
        let banned: Vec<&str> = [
            (
                is_core,
                &["async ", ".await", "Deserialize", "Serialize", "std::fs", "std::io", "reqwest", "tokio", "tracing"]
                    [..],
            ),
            (!is_wiring, &["Utc::now(", "Local::now(", "SystemTime::now(", "std::env::"]),
            (true, &[".unwrap()", "todo!(", "unimplemented!(", "dbg!(", "dyn Error"]),
        ]
        .into_iter()
        .filter(|(applies, _)| *applies)
        .flat_map(|(_, words)| words.iter().copied())
        .collect();
        for (number, line) in (1..).zip(code.lines()) {
            if line.trim_start().starts_with("//") {
                continue;
            }
            wrong.extend(
                banned
                    .iter()
                    .filter(|word| line.contains(**word))
                    .map(|word| format!("src/{file}:{number} has {word}")),
            );
        }
    }
    // Walks along an error's causes; nothing is returned as `dyn`.
    wrong.retain(|line| !(line.ends_with("dyn Error") && line.starts_with("src/net/error.rs")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// So the list in `src/net/aws/calls.rs` has every call. What the SDK's types are used for is no call.
#[test]
fn aws_is_called_by_the_listed_calls_alone() {
    let mut wrong = Vec::new();
    for (file, code) in sources() {
        let is_list = file == "net/aws.rs" || file == "net/aws/calls.rs";
        for (number, line) in (1..).zip(code.lines()).filter(|_| !is_list) {
            let of_sdk = line
                .split("aws_sdk_")
                .skip(1)
                .filter_map(|rest| rest.find(|c: char| !c.is_alphanumeric()).map(|end| &rest[end..]));
            let is_type =
                |rest: &&str| ["::types::", "::error::", "::operation::"].iter().any(|part| rest.starts_with(part));
            wrong.extend(of_sdk.filter(|rest| !is_type(rest)).map(|_| format!("src/{file}:{number}: {}", line.trim())));
        }
        // Anything else in a transaction needs a permission of its own.
        let in_transactions = code.split("TransactWriteItem::builder()").skip(1);
        wrong.extend(
            in_transactions.filter(|rest| !rest.starts_with(".put(")).map(|_| format!("src/{file}: not a put")),
        );
        if code.contains("Aws::new(") && file != "setup/wiring.rs" {
            wrong.push(format!("src/{file} makes a client of AWS, which only the wiring does"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
