//! Tells the engine how it is optimised, for the hint that a slow build gets.
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    #[expect(clippy::disallowed_methods, reason = "how cargo tells a build script")]
    let level = std::env::var("OPT_LEVEL").unwrap_or_default();
    println!("cargo::rustc-env=COYOTE_OPT_LEVEL={level}");
}
