//! Release builds for Linux are not position-independent.
//!
//! Otherwise a megabyte of pointers, most of them in the table of time zones, is relocated at every start, before `main`,
//! and those pages count as the process's own. The addresses of libraries, stack and heap stay random.
//!
//! Not with musl, whose programs are static and crash at their start when they are linked so (deploy/Containerfile).

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let is = |variable: &str, value: &str| std::env::var(variable).is_ok_and(|found| found == value);
    if is("PROFILE", "release") && is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
}
