//! The commands of `docs/nagios.cfg`, run as Nagios runs them, with the worst that a plugin can say.

use crate::command_line::Demo;
use std::fs;
use std::path::Path;
use tokio::process::Command;

/// A command's line, as Nagios reads it: from its definition, without what follows a `;`.
fn command(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/nagios.cfg");
    let text = fs::read_to_string(path).expect("a file");
    let definition =
        text.split("define command {").find(|part| part.contains(&format!(" {name}\n"))).expect("a command");
    let line = definition.lines().find_map(|line| line.trim().strip_prefix("command_line")).expect("a line");
    assert!(!line.contains(';'), "Nagios takes what follows a ; for a comment");
    line.trim().to_owned()
}

/// Expands macros as Nagios does: `$NAME$`, and `$$` for a dollar.
fn expanded(line: &str, url: &str) -> String {
    let mut whole = String::new();
    for (number, part) in line.replace("$$", "\u{0}").split('$').enumerate() {
        whole += match (number % 2, part) {
            (0, text) => text,
            (_, "USER9") => url,
            (_, other) => panic!("${other}$ would be written into the command line"),
        };
    }
    whole.replace('\u{0}', "$")
}

async fn run(name: &str, url: &str, macros: &[(&str, &str)]) {
    let shell = Command::new("/bin/sh")
        .args(["-c", &expanded(&command(name), url)])
        .env_clear()
        .envs(macros.iter().map(|(name, value)| (format!("NAGIOS_{name}"), *value)))
        .output()
        .await
        .expect("a shell");
    assert!(shell.status.success(), "{}", String::from_utf8_lossy(&shell.stderr));
    assert_eq!((shell.stdout.len(), shell.stderr.len()), (0, 0), "{}", String::from_utf8_lossy(&shell.stdout));
}

#[tokio::test]
async fn the_commands_survive_whatever_a_plugin_says() {
    let variables = [("TOBAN_NOW", "2026-11-24T11:02:01+09:00"), ("EVENTS_TOKENS", "0123456789abcdef")];
    let mut demo = Demo::start(&["demo", "--port", "0"], &variables).await;
    let url = format!("http://toban:0123456789abcdef@127.0.0.1:{}/events", demo.port);
    for (hostile, shown) in [
        (r#"the "root" disk: it's 96% full & growing"#, r#"the "root" disk: it's 96% full & growing"#),
        ("one\ntwo 'three' \\n four", "one\n> two 'three' \\n four"),
        ("$(touch /tmp/x) `id` $HOME ${PATH} $$ !! ; | > < *", "$(touch /tmp/x) ˋidˋ $HOME ${PATH} $$ !! ; | > < *"),
        ("a=b&key=other&status=OK#x+y%00%zz", "a=b&key=other&status=OK＃x+y%00%zz"),
        ("\"}, {\"status\": \"OK\"}", "\"}, {\"status\": \"OK\"}"),
        ("@/etc/passwd =x", "＠/etc/passwd =x"),
        ("障害 🔥 \u{1b}[31m", "障害 🔥 [31m"),
    ] {
        let at = (1_795_485_000 + hostile.len()).to_string();
        run(
            "notify-service-by-toban",
            &url,
            &[
                ("HOSTNAME", "db1"),
                ("SERVICEDESC", "disk"),
                ("NOTIFICATIONTYPE", "PROBLEM"),
                ("SERVICESTATE", "CRITICAL"),
                ("SERVICEOUTPUT", hostile),
                ("SERVICENOTESURL", ""),
                ("TIMET", &at),
            ],
        )
        .await;
        let message = demo.message().await;
        let (first, rest) = shown.split_once('\n').unwrap_or((shown, ""));
        let headline = format!("#EV3EE221 disk CRITICAL - {first}");
        assert!(message.lines().any(|line| line.ends_with(&headline)), "{headline}\nis not in\n{message}");
        assert!(rest.is_empty() || message.contains(rest), "{rest}\nis not in\n{message}");
        // Said once, in the first message; what follows is below it.
        let is_first = message.contains("発生 #EV");
        assert_eq!(message.contains("db1 · 緊急度 高"), is_first, "{message}");
    }
    let host = [
        ("HOSTNAME", "db1"),
        ("NOTIFICATIONTYPE", "RECOVERY"),
        ("HOSTSTATE", "UP"),
        ("HOSTOUTPUT", "PING OK - \"fine\""),
        ("HOSTNOTESURL", "https://wiki.example.com/db1?a=1&b=2"),
        ("TIMET", "1795485720"),
    ];
    run("notify-host-by-toban", &url, &host).await;
    let message = demo.message().await;
    assert!(message.contains("✅ 解決済み #EV"), "{message}");
    assert!(message.contains("db1 UP - PING OK - \"fine\""), "{message}");
    assert!(message.contains("https://wiki.example.com/db1?a=1&b=2"), "{message}");
}
