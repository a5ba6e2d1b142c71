use coyote::actors::{Event, actor, machine};

#[derive(Event)]
struct A;
#[derive(Event)]
struct B;

struct Twice;

#[machine(Twice)]
enum TwiceState {
    #[start]
    One,
    #[start]
    Two,
}

struct Nowhere;

#[machine(Nowhere)]
enum NowhereState {
    One,
    Two,
}

struct Wrong;

#[machine(Wrong)]
enum WrongState {
    #[start]
    #[on(A, goto = Ohter)]
    #[on(B, push = Nothing)]
    #[on(A, goto = Other)]
    #[defer(B)]
    Base,
    #[group]
    Group,
    #[inherit(Missing)]
    #[on(A, goto = Group)]
    #[on(B)]
    #[hot]
    Other,
    #[on(A, jump = Base)]
    #[entry(one)]
    #[entry(two)]
    Data(u32),
}

struct Handled;

#[actor]
impl Handled {
    #[on(A)]
    fn one(&mut self) {}
    #[on(A)]
    fn two(&mut self) {}
    #[on]
    fn three(&mut self) {}
}

fn main() {}
