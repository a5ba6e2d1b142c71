//! `#[coyote::instrument]`.

use crate::coyote::{self, block_on, events};

#[coyote::instrument(crate = "crate::coyote")]
mod program {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::{collections::BTreeMap, fmt};

    pub static COUNT: AtomicU32 = AtomicU32::new(1);
    static TABLE: [Entry; 2] = [Entry::new(1), Entry::new(2)];

    #[derive(Debug)]
    pub struct Entry(u32);

    impl Entry {
        const fn new(n: u32) -> Self {
            let mut i = 0;
            while i < n {
                i += 1;
            }
            Self(i)
        }
    }

    impl fmt::Display for Entry {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "{}", self.0)
        }
    }

    pub fn here() -> (u32, u32) {
        (std::panic::Location::caller().line(), line!())
    }

    pub async fn run() -> BTreeMap<u32, String> {
        async {}.await;
        let mut map = BTreeMap::new();
        for entry in &TABLE {
            map.insert(entry.0, format!("{entry} of {}", std::convert::identity(TABLE.len())));
        }
        assert_eq!(async { 1 }.await, COUNT.fetch_add(1, Ordering::Relaxed));
        let mut n = 0;
        while n < 1 {
            n += 1;
        }
        loop {
            n += 1;
            if n > 1 {
                break map;
            }
        }
    }
}

#[test]
fn points_are_at_the_lines_of_the_user() {
    events();
    let map = block_on(program::run());
    assert_eq!(map[&2], "2 of 2");
    let source = include_str!("instrument.rs");
    let line = |text: &str| source.lines().position(|line| line.contains(text)).expect("a line") + 1;
    let expected = [
        format!("entry@{}", line("pub async fn run()")),
        format!("await@{}", line("async {}.await;")),
        format!("loop@{}", line("for entry in &TABLE")),
        format!("loop@{}", line("for entry in &TABLE")),
        format!("await@{}", line("assert_eq!(async { 1 }.await")),
        format!("loop@{}", line("while n < 1")),
        format!("loop@{}", line("        loop {")),
    ];
    assert_eq!(events(), expected);
}

#[test]
fn calls_into_the_mirrors_are_at_the_lines_of_the_user() {
    let (caller, line) = program::here();
    assert_eq!(caller, line);
}

#[test]
fn statics_are_fresh_for_each_execution() {
    block_on(program::run());
    assert_eq!(program::COUNT.load(std::sync::atomic::Ordering::Relaxed), 2);
}

struct Service(u8);

impl Service {
    #[coyote::instrument(crate = "crate::coyote")]
    pub async fn get(&self) -> u8 {
        std::future::ready(self.0).await
    }
}

#[coyote::instrument(crate = "crate::coyote")]
trait Job {
    async fn run(&self) -> u8 {
        self.step().await + 1
    }

    async fn step(&self) -> u8;
}

#[coyote::instrument(crate = "crate::coyote")]
impl Job for Service {
    async fn step(&self) -> u8 {
        self.get().await
    }
}

#[test]
fn methods_and_traits_are_rewritten() {
    events();
    assert_eq!(block_on(Service(3).run()), 4);
    let kinds: Vec<String> =
        events().iter().map(|event| event.split('@').next().unwrap_or_default().to_owned()).collect();
    assert_eq!(kinds, ["entry", "await", "entry", "await", "entry", "await"]);
}
