//! Who starts machines, asks them for coffee, and kills them.

use coyote::actors::{ActorId, Context, Event, Halt, Timer, machine};

use crate::coffee_machine::{Hardware, MakeCoffee, Terminate};
use crate::{CoffeeMachine, MockCoffeeGrinder, MockDoorSensor, MockWaterTank, Plan};

/// A coffee is ready, or there will be none.
#[derive(Event)]
pub(crate) struct CoffeeCompleted {
    pub(crate) failed: bool,
}

/// A machine is gone.
#[derive(Event)]
pub(crate) struct MachineHalted;

/// A machine is to be killed.
#[derive(Event)]
struct HaltTimer;

/// Has one machine after another make coffee, on the same hardware.
pub struct FailoverDriver {
    plan: Plan,
    rounds: u32,
    hardware: Option<Hardware>,
    machine: Option<ActorId>,
    halt_timer: Option<Timer>,
    out_of_supplies: bool,
}

/// What the driver is doing.
#[machine(FailoverDriver)]
pub enum FailoverDriverState {
    /// It creates the hardware.
    #[start]
    #[entry(create_hardware)]
    Init,

    /// It waits for coffee, or until it wants no more.
    #[entry(begin)]
    #[on(HaltTimer, do = lose_patience, goto = Stop)]
    #[on(CoffeeCompleted, do = take_coffee)]
    Test,

    /// It waits for the machine to be gone.
    #[entry(kill)]
    #[on(MachineHalted, goto = Stopped)]
    #[ignore(CoffeeCompleted)]
    Stop,

    /// It begins again, unless that was all.
    #[entry(begin_again)]
    #[ignore(CoffeeCompleted)]
    Stopped,
}

impl FailoverDriver {
    /// Creates the driver.
    pub fn new(plan: Plan) -> Self {
        let (hardware, machine, halt_timer) = (None, None, None);
        FailoverDriver { plan, rounds: 0, hardware, machine, halt_timer, out_of_supplies: false }
    }

    fn create_hardware(&mut self, context: &mut Context<Self>) {
        let water_tank = context.create(MockWaterTank::new(self.plan));
        let grinder = context.create(MockCoffeeGrinder::new(self.plan));
        let door = context.create(MockDoorSensor::new());
        self.hardware = Some(Hardware { water_tank, grinder, door });
        context.goto(FailoverDriverState::Test);
    }

    fn begin(&mut self, context: &mut Context<Self>) {
        self.rounds += 1;
        self.plan.say("FailoverDriver", format_args!("------ Round {} ------", self.rounds));
        let client = context.id().clone();
        let machine = context.create(CoffeeMachine::new(self.plan, client, self.hardware().clone()));
        context.send(&machine, MakeCoffee { shots: 1 + coyote::choose(3) });
        self.machine = Some(machine);
        let patience = self.plan.tenths(10 * (1 + coyote::choose(7)));
        self.halt_timer = Some(context.start_timer(patience, HaltTimer));
    }

    fn lose_patience(&mut self) {
        self.say("Killing the machine");
    }

    fn take_coffee(&mut self, context: &mut Context<Self>, CoffeeCompleted { failed }: CoffeeCompleted) {
        self.say(if failed { "There will be no coffee" } else { "The coffee is done" });
        self.out_of_supplies = failed;
        if let Some(timer) = self.halt_timer.take() {
            context.stop_timer(&timer);
        }
        context.goto(if self.plan.bugs.left_running {
            // The machine is left alone. It lives on, and may still have something to say.
            FailoverDriverState::Stopped
        } else {
            FailoverDriverState::Stop
        });
    }

    fn kill(&mut self, context: &mut Context<Self>) {
        if let Some(machine) = self.machine.take() {
            context.send(&machine, Terminate);
        }
    }

    fn begin_again(&mut self, context: &mut Context<Self>) {
        let is_enough = self.plan.rounds.map_or(self.out_of_supplies, |rounds| self.rounds >= rounds);
        if !is_enough {
            context.goto(FailoverDriverState::Test);
            return;
        }
        self.say("That was all");
        let Hardware { water_tank, grinder, door } = self.hardware().clone();
        for part in [water_tank, grinder, door] {
            context.send(&part, Halt);
        }
        context.halt();
    }

    fn hardware(&self) -> &Hardware {
        self.hardware.as_ref().expect("it is created first")
    }

    fn say(&self, what: &str) {
        self.plan.say("FailoverDriver", format_args!("{what}"));
    }
}
