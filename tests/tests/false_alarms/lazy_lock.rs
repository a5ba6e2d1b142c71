//! Two lazy statics, of which one needs the other.
//! The mistake: the other needs the first too, on a thread of its own.

use crate::suite::threads;

#[coyote::instrument]
mod program {
    use std::sync::LazyLock;
    use std::thread;

    static NAME: LazyLock<String> = LazyLock::new(|| "table".to_owned());
    static TITLE: LazyLock<String> = LazyLock::new(|| format!("the {}", *NAME));

    static EGG: LazyLock<u32> = LazyLock::new(|| HEN.saturating_sub(1));
    static HEN: LazyLock<u32> = LazyLock::new(|| EGG.saturating_add(1));

    pub(super) fn title_needs_name() {
        let other = thread::spawn(|| NAME.len());
        assert_eq!(TITLE.as_str(), "the table");
        assert_eq!(other.join().unwrap(), 5);
    }

    pub(super) fn hen_needs_egg_needs_hen() {
        let other = thread::spawn(|| *EGG);
        assert_eq!(*HEN, other.join().unwrap() + 1);
    }
}

use program::{hen_needs_egg_needs_hen, title_needs_name};

#[test]
fn one_may_need_the_other() {
    threads(title_needs_name).passes();
}

#[test]
fn two_that_need_each_other_deadlock() {
    threads(hen_needs_egg_needs_hen).deadlocks();
}
