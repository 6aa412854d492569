//! The READMEs' second command on a machine that has only Rust: what it installs, or names if it may not install.

use super::pages::{page, pages};
use super::tables::READMES;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

/// Debian's names, of what each step needs, in the order of the steps.
const PACKAGES: &str = "gcc libc6-dev python3 python3-venv curl openssl chromium nodejs npm fontconfig \
                        fonts-liberation fonts-noto-cjk fonts-noto-color-emoji systemd sqlite3";
/// Those that would start a server.
const SERVERS: &str = "prometheus-alertmanager prometheus caddy";

pub const STEPS: [&str; 10] = ["lint", "doc", "workflow", "unit", "it", "sim", "page", "deploy", "aws", "sam"];

/// What the machine has: what every Debian has, and a cargo that complains about the format, so that nothing is built.
/// Users who are not root have a sudo that asks for no password.
const BARE: &str = r#"
for program in bash dirname env mkdir rm true; do ln -s "$(command -v "$program")" .; done
program() { printf '#!/bin/sh\n%s\n' "$2" > "$1"; chmod +x "$1"; }
program cargo '[ "$*" != "fmt --check" ] || exit 7'
program sudo '[ "$1" = -n ] || exit 1; shift; exec "$@"'
"#;
const APT: &str = "program apt-get 'echo \"$DEBIAN_FRONTEND> $*\"'\nprogram dpkg-deb 'echo \"unpacked: $*\"'\n";
const ALL: &str = "for tool in caddy cc chromium curl node npm openssl prometheus-alertmanager promtool python3 sqlite3 systemd-analyze; do program $tool ''; done\nprogram fc-list 'echo a font'\n";

/// Runs `scripts/test` with only that on `PATH`. Returns its exit code, standard output and error output.
fn tested(name: &str, machine: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("a machine, {name}"));
    std::fs::remove_dir_all(&folder).ok();
    std::fs::create_dir_all(&folder).expect("it can be made");
    // Written by another process, because a program that this one has open for writing cannot be run.
    let made = Command::new("bash").args(["-euc", machine]).current_dir(&folder).status().expect("bash runs");
    assert!(made.success(), "{name}");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/test");
    let output = Command::new(folder.join("bash"))
        .arg(script)
        .args(arguments)
        .env_clear()
        .env("PATH", &folder)
        .env("XDG_CACHE_HOME", folder.join("a cache"))
        .output();
    let output = output.expect("bash runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn missing_packages_are_installed_if_allowed() {
    let (code, printed, told) = tested("with apt-get", &format!("{BARE}{APT}"), &[]);
    assert_eq!((code, told.as_str()), (Some(7), ""), "{printed}");
    assert_eq!(
        printed,
        format!(
            "\n== tools\ninstalling {PACKAGES} {SERVERS}\n\
             > update -qq\n\
             noninteractive> install -y -qq --no-install-recommends {PACKAGES}\n\
             > download -qq prometheus-alertmanager\nunpacked: --extract prometheus-alertmanager_*.deb .\n\
             > download -qq prometheus\nunpacked: --extract prometheus_*.deb .\n\
             > download -qq caddy\nunpacked: --extract caddy_*.deb .\n\
             \n== lint\n"
        )
    );
}

#[test]
fn missing_packages_are_named_if_they_may_not_be_installed() {
    let (code, printed, told) = tested("without apt-get", BARE, &[]);
    assert_eq!((code, printed.as_str()), (Some(1), "\n== tools\n"));
    assert_eq!(
        told,
        format!(
            "scripts/test needs these packages, by Debian's names: {PACKAGES} {SERVERS}\n\
             It installs them itself where there is apt-get, and it is root or sudo asks for no password.\n"
        )
    );
}

#[test]
fn nothing_is_installed_if_nothing_is_missing() {
    let (code, printed, told) = tested("with everything", &format!("{BARE}{APT}{ALL}"), &[]);
    assert_eq!((code, printed.as_str(), told.as_str()), (Some(7), "\n== tools\n\n== lint\n", ""));
}

/// The machine has no apt-get, so the script stops where it names what the step needs; of `lint`, that is what its compiler needs.
#[test]
fn a_step_needs_only_its_own_packages() {
    for (step, packages) in [
        ("lint", "gcc libc6-dev"),
        ("doc", "gcc libc6-dev"),
        ("workflow", "python3 python3-venv"),
        ("unit", "gcc libc6-dev"),
        ("it", "gcc libc6-dev curl openssl python3 prometheus-alertmanager"),
        ("sim", "gcc libc6-dev"),
        ("page", "gcc libc6-dev chromium nodejs npm fontconfig fonts-liberation fonts-noto-cjk fonts-noto-color-emoji"),
        ("deploy", "gcc libc6-dev python3 python3-venv systemd sqlite3 curl openssl prometheus caddy"),
        ("aws", "gcc libc6-dev python3 python3-venv"),
        ("sam", "gcc libc6-dev python3 python3-venv"),
    ] {
        assert!(STEPS.contains(&step), "{step}");
        let (code, _, told) = tested(&format!("for {step}"), BARE, &[step]);
        let named = told
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("scripts/test needs these packages, by Debian's names: "));
        assert_eq!((code, named), (Some(1), Some(packages)), "{step}: {told}");
    }
}

#[test]
fn steps_run_in_the_order_of_the_script() {
    // Its cargo does nothing, and says so.
    let machine = format!("{BARE}{APT}{ALL}rm cargo\nprogram cargo 'echo \"cargo $*\"'\n");
    let (code, printed, told) = tested("with two steps", &machine, &["doc", "lint", "doc"]);
    assert_eq!((code, told.as_str()), (Some(0), ""));
    assert_eq!(
        printed,
        "\n== tools\ncargo --version\n\
         \n== lint\ncargo fmt --check\n\
         cargo clippy --locked --all-targets --all-features -- -D warnings\n\
         cargo clippy --locked --no-default-features --lib --bins -- -D warnings\n\
         \n== doc\ncargo doc --locked --no-deps --document-private-items --quiet\n\
         \n== all good\n"
    );
}

#[test]
fn a_step_that_there_is_not_is_refused_with_the_list() {
    for (wrong, arguments) in [("lnit", &["lint", "lnit"][..]), ("lint doc", &["lint doc"]), ("", &["lint", ""])] {
        let (code, printed, told) = tested("with a mistake", BARE, arguments);
        assert_eq!((code, printed.as_str()), (Some(2), ""));
        let list = STEPS.join(" ");
        assert_eq!(told, format!("scripts/test has no step '{wrong}', but: {list}; --help tells what they check\n"));
    }
}

#[test]
fn the_help_names_every_step() {
    let machine = format!("{BARE}ln -s \"$(command -v cat)\" .\n");
    let (code, printed, _) = tested("for help", &machine, &["--help"]);
    let named: Vec<_> = printed
        .lines()
        .skip_while(|line| !line.starts_with("  step "))
        .skip(1)
        .map_while(|line| line.split_whitespace().next())
        .take_while(|name| *name != "everything")
        .collect();
    assert_eq!((code, named.as_slice()), (Some(0), &STEPS[..]));
}

#[test]
fn steps_that_a_document_names_exist() {
    let mut named = BTreeSet::new();
    for page in pages() {
        for code in page.code() {
            let Some(words) = code.strip_prefix("scripts/test ") else { continue };
            for word in words.split(' ').filter(|word| !["--help", "STEP…"].contains(word)) {
                assert!(STEPS.contains(&word), "{}: scripts/test has no step '{word}'", page.path);
                named.insert(word.to_owned());
            }
        }
    }
    assert!(named.len() > 3, "{named:?}");
}

#[test]
fn the_first_two_commands_run_it_and_test_it() {
    for readme in READMES {
        let page = page(readme);
        let (_, rest) = page.text.split_once("\n## ").expect("a section");
        let (section, _) = rest.split_once("\n## ").expect("another one");
        let fences: Vec<_> = section.split("```").skip(1).step_by(2).collect();
        assert_eq!(fences, ["sh\ncargo run\n", "sh\nscripts/test\n"], "{readme}");
    }
}
