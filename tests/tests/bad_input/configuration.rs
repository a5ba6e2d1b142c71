//! Values given to the programmatic interface.

use coyote::{Config, Explorer, StrategySpec};

#[test]
#[should_panic(expected = "`iterations` is 0: write 1 or more")]
fn no_iterations() {
    let _ = Config::new("a test").iterations(0);
}

#[test]
#[should_panic(expected = "`max_steps` is 0: write 1 or more")]
fn no_steps() {
    let _ = Config::new("a test").max_steps(0);
}

#[test]
fn an_unknown_strategy_is_none() {
    for text in ["", "luck", "pct(0)", "pct(1001)", "probabilistic(33)", "random(2)", "pct(", "pct(3"] {
        assert_eq!(StrategySpec::parse(text), None, "{text}");
    }
}

#[test]
fn an_exploration_inside_an_exploration_is_noted_as_not_under_control() {
    let report = Explorer::new(Config::new("outer").iterations(1)).run(|| async {
        let inner = Explorer::new(Config::new("inner").iterations(1)).run(|| async {});
        assert!(inner.bug().is_none(), "{inner}");
    });
    assert!(report.bug().is_none(), "{report}");
    assert!(report.uncontrolled().iter().any(|note| note.contains("OS thread")), "{report}");
}

#[test]
fn a_choice_among_no_values_is_the_callers_failure() {
    let report = Explorer::new(Config::new("choice").iterations(1)).run(|| async {
        coyote::choose(0);
    });
    let message = report.bug().expect("there is nothing to choose from").message();
    assert!(message.contains("cannot choose among 0 values: give 1"), "{message}");
}
