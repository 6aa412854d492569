//! Checks that ten times the size takes at most eleven times the time: `cargo bench --bench growth`.
//!
//! Both sizes are measured alternately, so that a slow machine slows down both; what counts is the median of the rounds'
//! own ratios. It fails if anything grows faster, or if the largest body takes longer than its budget.

mod work;

use std::process::ExitCode;
use std::time::{Duration, Instant};
use work::{LARGEST_KIB, Work};

const ROUNDS: usize = 41;
const MOST: f64 = 11.0;
/// For parsing, deciding about and rendering the largest body.
const BUDGET: Duration = Duration::from_micros(150);
/// Long enough that the clock's resolution does not matter.
const EACH: Duration = Duration::from_micros(300);

fn main() -> ExitCode {
    // Cargo passes `--bench` and others, which are ignored.
    let mut is_good = true;
    println!("| work | size | time | ten times the size | ratio (at most {MOST}) |\n|---|---:|---:|---:|---:|");
    for Work { name, unit, sizes, run: [small, large] } in work::all() {
        let rounds: Vec<_> = (0..ROUNDS).map(|_| (time(&small), time(&large))).collect();
        let ratio = median(rounds.iter().map(|(small, large)| large / small).collect());
        let one = median(rounds.iter().map(|round| round.0).collect());
        let ten = median(rounds.iter().map(|round| round.1).collect());
        let is_within = !(unit == "bytes" && sizes[1] == LARGEST_KIB * 1024 && ten > BUDGET.as_secs_f64());
        let verdict = match (ratio <= MOST, is_within) {
            (true, true) => "",
            (false, _) => ", grows too fast",
            (true, false) => ", over its budget of 150 µs",
        };
        println!("| {name} | {} {unit} | {:.1} µs | {:.1} µs | {ratio:.1}{verdict} |", sizes[0], one * 1e6, ten * 1e6);
        is_good &= verdict.is_empty();
    }
    if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The seconds of one run, measured over enough of them.
fn time(run: &dyn Fn()) -> f64 {
    let mut times = 0;
    let begun = Instant::now();
    while begun.elapsed() < EACH {
        run();
        times += 1;
    }
    begun.elapsed().as_secs_f64() / f64::from(times)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
