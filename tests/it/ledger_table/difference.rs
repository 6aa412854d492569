//! `toban check --rotation-only --diff`: what this version reads otherwise than the functions do.

use super::{World, after};
use crate::kit::Slack;
use crate::kit::aws::Aws;
use crate::running::{Settings, TUESDAY};
use std::fs;
use std::process::Command;
use toban::roster::table::READER;

fn check(settings: &Settings) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_toban"))
        .args(["check", "--rotation-only", "--diff"])
        .env_clear()
        .envs(settings.pairs())
        .env("MESSAGE_LANGUAGE", "en")
        .output()
        .expect("toban runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_compares_two_weeks_with_the_copy_in_use() {
    let world = World::new().await;
    let slack = Slack::start().await;
    let aws = Aws::from_environment().expect("it was there for the table");
    let folder = std::env::temp_dir().join(format!("toban diff {}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let rotation = folder.join("rotation.csv");
    let write = |people: &str| {
        let text = format!("日付,担当\n2026/11/24,U0SATO0001\n2026/11/25,{people}\n2026/12/08,U0SATO0001\n");
        fs::write(&rotation, text).expect("a writable folder");
    };
    let settings = aws.env().iter().fold(Settings::at(TUESDAY), |all, (name, value)| all.with(name, value));
    let settings = settings
        .slack(&slack)
        .with("AWS_REGION", Aws::REGION)
        .with("LEDGER_TABLE", &world.table.name)
        .with("ROTATION_FILE", &rotation.display().to_string())
        .with("MEMBERS_FILE", "");
    write("U0SUZUKI01");
    assert!(check(&settings).contains("· diff      there is no copy to compare with"), "{}", check(&settings));

    let hours = toban::domain::calendar::BusinessHours::parse("10:00-17:00").expect("hours");
    let grid = toban::roster::file::parse("rotation.csv", &fs::read(&rotation).expect("it is there")).expect("a CSV");
    let tabs = toban::roster::table::Tabs { rotation: grid, ..Default::default() };
    let book = toban::roster::table::workbook(&tabs, hours, "2026-11-24".parse().expect("a date"));
    let reading = toban::roster::to_copy(&book, after(0)).reading;
    assert!(reading.contains(&format!("\"reader\":{READER}")), "{reading}");
    let ledger = world.of("the functions");
    ledger.keep_rotation(toban::roster::to_copy(&book, after(0)), after(0)).await;
    assert!(
        check(&settings).contains("✓ diff      two weeks are read as in the copy in use\n"),
        "{}",
        check(&settings)
    );
    write("U0TAKAHA01");
    let printed = check(&settings);
    assert!(printed.contains("! diff      Wed Nov 25: U0SUZUKI01 → U0TAKAHA01\n"), "{printed}");
    let older = toban::ledger::RotationCopy { reading: "{\"rotation\":{}}".into(), read_at: after(60) };
    ledger.keep_rotation(older, after(60)).await;
    assert!(check(&settings).contains("· diff      the copy was written by another version"), "{}", check(&settings));
    fs::remove_dir_all(&folder).ok();
}
