//! Tells the engine how it is optimised, for the hint that a slow build gets.
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let level = std::env::var("OPT_LEVEL").unwrap_or_default();
    println!("cargo::rustc-env=COYOTE_OPT_LEVEL={level}");
}
