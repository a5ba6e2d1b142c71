//! What a machine, or a monitor, declares: data for coverage and diagrams.

/// A state of a machine: a variant of the enum that declares it.
pub trait State: Copy + Eq + Send + Sync + 'static {
    /// Returns its name, after that of its group.
    fn name(self) -> &'static str;

    /// Returns its place in [`Declaration::states`].
    fn index(self) -> usize;
}

/// All states of a machine, with their rules.
#[derive(Debug)]
pub struct Declaration {
    /// The machine's name.
    pub name: &'static str,
    /// Its states, and groups of them, in order.
    pub states: &'static [DeclaredState],
}

impl Declaration {
    /// Returns the pairs of state and event on which the machine does something: goes elsewhere, or calls a method.
    pub fn reactions(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let states = self.states.iter().filter(|state| !state.is_group);
        let acts = |rule: &&DeclaredRule| !matches!(rule.kind, RuleKind::Defer | RuleKind::Ignore);
        states.flat_map(move |state| state.rules.iter().filter(acts).map(|rule| (state.name, rule.event)))
    }
}

/// A state, with all rules that hold there, inherited ones too.
#[derive(Debug)]
pub struct DeclaredState {
    /// Its name, after that of its group.
    pub name: &'static str,
    /// Whether it is a group, which is never entered.
    pub is_group: bool,
    /// Whether the machine begins here.
    pub is_start: bool,
    /// The rules.
    pub rules: &'static [DeclaredRule],
}

/// What happens on an event.
#[derive(Debug)]
pub struct DeclaredRule {
    /// The event's name, `_` for any other, or `idle`.
    pub event: &'static str,
    /// What kind of reaction.
    pub kind: RuleKind,
    /// The state that it leads to.
    pub target: Option<&'static str>,
}

/// What kind of reaction to an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RuleKind {
    /// A method handles it.
    Do,
    /// Another state takes the place of this one.
    Goto,
    /// Another state is put on top of this one.
    Push,
    /// It waits.
    Defer,
    /// It is dropped.
    Ignore,
}
