//! The measured process: started on one core with a clean environment, and its figures from `/proc`.

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use std::fs::{File, read_dir, read_to_string};
use std::io;
use std::process::Stdio;
use std::time::Instant;
use tokio::process::{Child, Command};

/// Starts `command` on `core`. A child inherits the core of the thread that starts it, so this thread moves there
/// for the moment of the start. Only `env` and `PATH` reach the child: a developer's real tokens do not.
pub fn start(
    command: &[String],
    env: &[(String, String)],
    core: Option<usize>,
    log: File,
) -> io::Result<(Child, Instant)> {
    let mut child = Command::new(&command[0]);
    child.args(&command[1..]).env_clear().envs(env.iter().map(|(k, v)| (k, v))).kill_on_drop(true);
    child.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    child.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
    let home = sched_getaffinity(None)?;
    if let Some(core) = core {
        let mut set = CpuSet::new();
        set.set(core);
        sched_setaffinity(None, &set)?;
    }
    let started = Instant::now();
    let child = child.spawn();
    sched_setaffinity(None, &home)?;
    Ok((child?, started))
}

/// A line of `/proc/PID/status`: sizes in KiB, or a count.
pub fn status(pid: u32, field: &str) -> u64 {
    let text = read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// CPU time of all live threads in nanoseconds.
pub fn cpu_ns(pid: u32) -> u64 {
    let Ok(tasks) = read_dir(format!("/proc/{pid}/task")) else {
        return 0;
    };
    let of_task =
        |path: std::path::PathBuf| read_to_string(path.join("schedstat")).ok()?.split(' ').next()?.parse::<u64>().ok();
    tasks.flatten().filter_map(|task| of_task(task.path())).sum()
}
