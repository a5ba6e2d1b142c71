//! The attribute and function-like macros of coyote-rs. Users reach them through the facade and the
//! mirrors, never by the name of this crate.
//!
//! Each macro is three steps in files of their own: parse, validate, expand. An error sits on the token
//! that caused it, names its value, and says what to write instead.
//!
//! Whether control is on is not decided here. Expansions that depend on it go through the facade's
//! `__private::if_control!`, which keeps one of two bodies:
//!
//! ```text
//! ::coyote::__private::if_control! { { with control } { without } }
//! ```

mod actor;
mod arguments;
mod event;
mod instrument;
mod join;
mod machine;
mod monitor;
mod select;
mod states;
mod suggest;
mod test;
#[cfg(test)]
mod testing;
mod tokio_entry;
mod values;

use proc_macro::TokenStream;

/// Makes a function a test whose schedules are explored.
///
/// With control off it is an ordinary `#[tokio::test]` or `#[test]`. The keys, all optional:
///
/// | key | value |
/// |---|---|
/// | `iterations` | how many executions at most, from 1 |
/// | `timeout` | for how long at most: `"500ms"`, `"10s"`, `"2m"`, or whole seconds |
/// | `max_steps` | how many steps an execution may take, from 1 |
/// | `strategy` | for example `"random"`, `"pct(3)"` |
/// | `until` | `"budget"`, or `"saturated"`: ends early when hardly anything is new any more |
/// | `seed` | the number all randomness derives from |
/// | `time` | `"idle"` or `"racing"` |
/// | `granularity` | `"op"` or `"await"` |
/// | `lanes` | how many workers, from 1, or `"unlimited"`, `"current_thread"` |
/// | `unobserved_panic` | `"fail"` or `"ignore"` |
/// | `spurious` | `false`: neither spurious wake-ups of condition variables nor spurious failures of weak exchanges |
/// | `leaks` | what becomes of a guard that was leaked: `"warn"`, `"fail"` or `"ignore"` |
/// | `races` | `false`: data races on tracked cells are not looked for |
/// | `lock_order` | `false`: deadlocks are not predicted from the order of locks |
/// | `isolate` | `"process"`: each execution in a forked process; `"off"` |
/// | `stack_size` | of a task: bytes, or `"256KiB"`, `"2MiB"` |
/// | `expect` | `"bug"`: passes only if a bug is found and replays |
/// | `message` | with `expect`: what the bug's message has to contain |
/// | `monitors(A, B)` | the monitors that watch each execution |
/// | `liveness_threshold` | for how many steps of a fair schedule a monitor may be hot, 0 for any number |
/// | `crate` | the path of this crate, if it is not `::coyote` |
#[proc_macro_attribute]
pub fn test(arguments: TokenStream, item: TokenStream) -> TokenStream {
    test::attribute(arguments.into(), item.into()).into()
}

/// Makes the operations of an inline module, a function, an impl or a trait visible to the exploration:
/// its paths of mirrored crates lead to their mirrors, its awaits and loops become scheduling points.
///
/// With control off the item is left as it is. The only key is `crate`.
#[proc_macro_attribute]
pub fn instrument(arguments: TokenStream, item: TokenStream) -> TokenStream {
    instrument::attribute(arguments.into(), item.into()).into()
}

/// `#[tokio::main]` of the mirror, with the arguments of tokio's own.
#[proc_macro_attribute]
pub fn tokio_main(arguments: TokenStream, item: TokenStream) -> TokenStream {
    tokio_entry::attribute(tokio_entry::Kind::Main, arguments.into(), item.into()).into()
}

/// `#[tokio::test]` of the mirror, with the arguments of tokio's own.
#[proc_macro_attribute]
pub fn tokio_test(arguments: TokenStream, item: TokenStream) -> TokenStream {
    tokio_entry::attribute(tokio_entry::Kind::Test, arguments.into(), item.into()).into()
}

/// The machinery of the mirror's `tokio::select!`, which passes `@krate[$crate]` and its own arguments.
#[doc(hidden)]
#[proc_macro]
pub fn select_impl(input: TokenStream) -> TokenStream {
    select::function(input.into()).into()
}

/// The machinery of the mirror's `tokio::join!`, which passes `@krate[$crate]` and its own arguments.
#[doc(hidden)]
#[proc_macro]
pub fn join_impl(input: TokenStream) -> TokenStream {
    join::function(join::Kind::Join, input.into()).into()
}

/// The machinery of the mirror's `tokio::try_join!`, which passes `@krate[$crate]` and its own arguments.
#[doc(hidden)]
#[proc_macro]
pub fn try_join_impl(input: TokenStream) -> TokenStream {
    join::function(join::Kind::TryJoin, input.into()).into()
}

/// Makes an enum the states of an actor: `#[machine(Robot)] enum RobotState { … }`.
///
/// Each variant is a state. Attributes say what happens there:
///
/// | attribute | meaning |
/// |---|---|
/// | `#[start]` | the actor begins here |
/// | `#[entry(method)]`, `#[exit(method)]` | called when the state is entered, or left |
/// | `#[on(Event, do = method)]` | the method handles the event |
/// | `#[on(Event, goto = State)]` | the event leads to another state; with `do`, after the method |
/// | `#[on(Event, push = State)]` | the event puts another state on top of this one |
/// | `#[on(_, …)]` | any event that has no rule of its own |
/// | `#[defer(Event, …)]` | the events wait until a state handles them |
/// | `#[ignore(Event, …)]` | the events are dropped |
/// | `#[idle(do = method)]` | when there is nothing to be handled |
/// | `#[inherit(State)]` | rules of another state hold here, unless there is one for the same event |
/// | `#[group]`, `#[group(Name)]` | a set of rules that is no state of its own, and a member of it |
///
/// On the enum itself, `on`, `defer` and `ignore` hold in every state, `#[on_halt(method)]` is called when
/// the actor halts, and `#[on_failure(method)]` decides what becomes of a failure.
#[proc_macro_attribute]
pub fn machine(arguments: TokenStream, item: TokenStream) -> TokenStream {
    machine::attribute(arguments.into(), item.into()).into()
}

/// Makes a type an actor without states: methods marked `#[on(Event)]` handle its events.
///
/// `#[on_start]` marks what is done first, `#[on_halt]` what is done last, `#[on_failure]` what decides
/// about a failure, and `#[actor(ignore(Event, …))]` drops events.
#[proc_macro_attribute]
pub fn actor(arguments: TokenStream, item: TokenStream) -> TokenStream {
    actor::attribute(arguments.into(), item.into()).into()
}

/// Makes an enum the states of a monitor: `#[monitor] enum Progress { … }`, or, if it keeps data or acts,
/// `#[monitor(Progress)] enum ProgressState { … }`.
///
/// Each variant is a state, with the attributes of `#[machine]`, except what needs an inbox: `defer`,
/// `push` and `idle`. `#[hot]` marks a state that has to be left eventually, `#[cold]` one in which
/// nothing is owed.
#[proc_macro_attribute]
pub fn monitor(arguments: TokenStream, item: TokenStream) -> TokenStream {
    monitor::attribute(arguments.into(), item.into()).into()
}

/// Makes a type an event that can be sent to actors.
#[proc_macro_derive(Event, attributes(event))]
pub fn event(item: TokenStream) -> TokenStream {
    event::derive(item.into()).into()
}
