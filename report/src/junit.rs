//! Properties of a test case in a JUnit report.

use crate::html::escape;
use crate::model::Recorded;

/// Returns names and values, in order.
pub fn properties(recorded: &Recorded) -> Vec<(&'static str, String)> {
    let mut properties = vec![
        ("coyote.end", recorded.end.kind.clone()),
        ("coyote.message", recorded.end.message.clone()),
        ("coyote.strategy", recorded.search.strategy.clone()),
        ("coyote.seed", recorded.search.seed.to_string()),
        ("coyote.iteration", recorded.search.iteration.to_string()),
        ("coyote.executions", recorded.search.executions.to_string()),
        ("coyote.steps", recorded.steps.len().to_string()),
        ("coyote.preemptions", recorded.preemptions().count().to_string()),
        ("coyote.reproduced", recorded.end.reproduced.to_string()),
    ];
    properties.extend(recorded.replay.command.clone().map(|command| ("coyote.replay", command)));
    properties.extend(recorded.replay.files.iter().map(|(path, _)| ("coyote.file", path.clone())));
    properties
}

/// Returns the `<properties>` element.
pub fn element(recorded: &Recorded) -> String {
    let property = |(name, value): (&str, String)| {
        format!("  <property name=\"{}\" value=\"{}\"/>\n", escape(name), escape(&value))
    };
    let all: String = properties(recorded).into_iter().map(property).collect();
    format!("<properties>\n{all}</properties>\n")
}
