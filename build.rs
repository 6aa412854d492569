//! Links the binaries without position independence, in release builds for Linux.
//!
//! The table of time zones alone is a megabyte of pointers; in a position-independent binary each is written at every
//! start, before `main`, and its page is then this process's own. The addresses of libraries, stack and heap stay random.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let is = |variable: &str, value: &str| std::env::var(variable).is_ok_and(|found| found == value);
    if is("PROFILE", "release") && is("CARGO_CFG_TARGET_OS", "linux") {
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
}
