//! The chapters of the book in `src/`, as documentation of modules: so `cargo test` compiles their Rust code, and runs it.
//!
//! A block that is a file of tests is marked `rust,test_harness`. Control is on.

macro_rules! chapters {
    ($($chapter:ident = $file:literal,)*) => {
        /// The files of the chapters whose code is compiled.
        pub const COMPILED: &[&str] = &[$($file,)*];

        $(
            #[doc = include_str!(concat!("src/", $file))]
            mod $chapter {}
        )*
    };
}

chapters! {
    introduction = "introduction.md",
    first_test = "first-test.md",
    how_it_works = "how-it-works.md",
    threads = "std.md",
    mocks = "mocks.md",
    strategies = "strategies.md",
    time = "time.md",
    specifications = "specifications.md",
    actors = "actors.md",
    detectors = "detectors.md",
    reports = "reports.md",
    limits = "limits.md",
    from_coyote = "from-coyote.md",
    from_shuttle = "from-shuttle.md",
    from_loom = "from-loom.md",
    from_madsim = "from-madsim.md",
    configuration = "configuration.md",
    cli = "cli.md",
    recording = "recording.md",
    tokio_coverage = "tokio-coverage.md",
    corpus = "corpus.md",
}
