//! The hopper with the beans, the grinder, and the filter.

use coyote::actors::{ActorId, Context, Event, Timer, actor};
use coyote::spec;

use crate::monitors::SwitchedOn;
use crate::sensors::{
    DumpGrinds, GrinderButton, HopperEmpty, HopperLevel, PortaFilterCoffeeLevel, ReadHopperLevel,
    ReadPortaFilterCoffeeLevel, RegisterClient,
};
use crate::{DoorSafetyMonitor, Plan};

/// The grinder has had time to grind.
#[derive(Event, Clone)]
struct GrinderTick;

/// Stands for the grinder.
pub struct MockCoffeeGrinder {
    plan: Plan,
    machine: Option<ActorId>,
    hopper: i32,
    filter: i32,
    grinder: Option<Timer>,
}

impl MockCoffeeGrinder {
    /// Creates a grinder with some beans.
    pub fn new(plan: Plan) -> Self {
        let hopper = coyote::choose(100) as i32;
        MockCoffeeGrinder { plan, machine: None, hopper, filter: 0, grinder: None }
    }

    fn tell(&self, context: &mut Context<Self>, event: impl Event) {
        if let Some(machine) = &self.machine {
            context.send(machine, event);
        }
    }

    fn switch_off(&mut self, context: &mut Context<Self>) {
        if let Some(timer) = self.grinder.take() {
            context.stop_timer(&timer);
        }
    }
}

#[actor]
impl MockCoffeeGrinder {
    #[on(RegisterClient)]
    fn register(&mut self, RegisterClient { machine }: RegisterClient) {
        self.machine = Some(machine);
    }

    #[on(ReadHopperLevel)]
    fn read_hopper(&mut self, context: &mut Context<Self>) {
        self.tell(context, HopperLevel(self.hopper));
    }

    #[on(ReadPortaFilterCoffeeLevel)]
    fn read_filter(&mut self, context: &mut Context<Self>) {
        self.tell(context, PortaFilterCoffeeLevel(self.filter));
    }

    #[on(GrinderButton)]
    fn switch(&mut self, context: &mut Context<Self>, GrinderButton(on): GrinderButton) {
        self.switch_off(context);
        if on {
            spec::monitor::<DoorSafetyMonitor>(SwitchedOn);
            spec::assert!(self.hopper > 0, "the grinder is on, and there are no beans"; hopper = self.hopper);
            let tick = self.plan.tenths(1);
            self.grinder = Some(context.start_periodic_timer(tick, tick, GrinderTick));
        }
    }

    #[on(DumpGrinds)]
    fn dump(&mut self) {
        self.filter = 0;
    }

    #[on(GrinderTick)]
    fn grind(&mut self, context: &mut Context<Self>) {
        if !self.plan.slowly && self.filter < 98 {
            self.hopper -= 98 - self.filter;
            self.filter = 99;
        }
        if self.filter < 100 {
            self.hopper -= 1;
            self.filter += 10;
        }
        if self.filter >= 100 || self.hopper <= 0 {
            self.switch_off(context);
        }
        self.tell(context, PortaFilterCoffeeLevel(self.filter));
        if self.hopper <= 0 {
            self.tell(context, HopperEmpty);
        }
    }
}
