//! A whole run: machine after machine on the same hardware.

use coyote::spec;
use tokio::sync::oneshot;
use tokio::time::sleep;

use crate::{CoffeeMachine, MockSensors, Plan, Refusal};

/// Has machines make coffee, and kills them at random times, until a machine says that it cannot, or all rounds are
/// over.
pub async fn run(plan: Plan) {
    let sensors = MockSensors::new(plan);
    let mut round = 0;
    while plan.rounds.is_none_or(|rounds| round < rounds) {
        round += 1;
        plan.say("FailoverDriver", format_args!("------ Round {round} ------"));
        let machine = CoffeeMachine::start(plan, sensors.clone());
        let (done, is_done) = oneshot::channel::<()>();
        let killer = tokio::spawn({
            let machine = machine.clone();
            async move {
                tokio::select! {
                    () = sleep(plan.tenths(10 * (1 + coyote::choose(7)))) => {
                        plan.say("FailoverDriver", format_args!("Killing the machine"));
                    }
                    _ = is_done => {}
                }
                machine.terminate().await;
            }
        });
        let made = machine.make_coffee(1 + coyote::choose(3)).await;
        drop(done);
        if !plan.bugs.unawaited_end {
            killer.await.expect("a machine can be killed");
            spec::assert!(sensors.is_off().await, "a machine has left something on");
        }
        if let Err(Refusal::DoorOpen | Refusal::NoWater | Refusal::NoBeans) = made {
            break;
        }
    }
    plan.say("FailoverDriver", format_args!("That was all"));
}
