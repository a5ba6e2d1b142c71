use coyote::actors::{Context, Event, machine};

#[derive(Event)]
struct A;
#[derive(Event)]
struct B;
struct C;

struct Robot;

#[machine(Robot)]
enum RobotState {
    #[start]
    #[on(A, do = unknown)]
    #[on(B, do = takes_another)]
    Base,
}

impl Robot {
    fn takes_another(&mut self, _event: A) {}
}

struct Sender;

#[machine(Sender)]
enum SenderState {
    #[start]
    #[on(A, do = sends)]
    Base,
}

impl Sender {
    fn sends(&mut self, context: &mut Context<Self>) {
        let me = context.id().clone();
        context.send(&me, C);
        context.goto(RobotState::Base);
    }
}

fn main() {}
