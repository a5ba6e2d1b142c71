//! The water tank, its heater and its pump.

use coyote::actors::{ActorId, Context, Event, Timer, actor};
use coyote::spec;

use crate::monitors::SwitchedOn;
use crate::sensors::{
    PumpWater, ReadWaterLevel, ReadWaterTemperature, RegisterClient, ShotComplete, WaterEmpty,
    WaterHeaterButton, WaterHot, WaterLevel, WaterTemperature,
};
use crate::{DoorSafetyMonitor, Plan};

/// The heater has had time to heat.
#[derive(Event, Clone)]
struct HeaterTick;

/// The pump has had time to pump.
#[derive(Event, Clone)]
struct PumpTick;

/// Stands for the tank.
pub struct MockWaterTank {
    plan: Plan,
    machine: Option<ActorId>,
    level: i32,
    temperature: i32,
    heater: Option<Timer>,
    pump: Option<Timer>,
}

impl MockWaterTank {
    /// Creates a tank with some water.
    pub fn new(plan: Plan) -> Self {
        let (level, temperature) = (coyote::choose(100) as i32, 20 + coyote::choose(30) as i32);
        MockWaterTank { plan, machine: None, level, temperature, heater: None, pump: None }
    }

    fn tell(&self, context: &mut Context<Self>, event: impl Event) {
        if let Some(machine) = &self.machine {
            context.send(machine, event);
        }
    }
}

#[actor]
impl MockWaterTank {
    #[on(RegisterClient)]
    fn register(&mut self, RegisterClient { machine }: RegisterClient) {
        self.machine = Some(machine);
    }

    #[on(ReadWaterLevel)]
    fn read_level(&mut self, context: &mut Context<Self>) {
        self.tell(context, WaterLevel(self.level));
    }

    #[on(ReadWaterTemperature)]
    fn read_temperature(&mut self, context: &mut Context<Self>) {
        self.tell(context, WaterTemperature(self.temperature));
    }

    #[on(WaterHeaterButton)]
    fn switch_heater(&mut self, context: &mut Context<Self>, WaterHeaterButton(on): WaterHeaterButton) {
        if let Some(timer) = self.heater.take() {
            context.stop_timer(&timer);
        }
        if on {
            spec::monitor::<DoorSafetyMonitor>(SwitchedOn);
            spec::assert!(self.level > 0, "the heater is on, and there is no water"; level = self.level);
            let tick = self.plan.tenths(1);
            self.heater = Some(context.start_periodic_timer(tick, tick, HeaterTick));
        }
    }

    #[on(HeaterTick)]
    fn heat(&mut self, context: &mut Context<Self>) {
        if self.temperature < 100 {
            if !self.plan.slowly {
                self.temperature = self.temperature.max(99);
            }
            self.temperature += 10;
            self.tell(context, WaterTemperature(self.temperature));
        } else {
            if let Some(timer) = self.heater.take() {
                context.stop_timer(&timer);
            }
            self.tell(context, WaterHot);
        }
    }

    #[on(PumpWater)]
    fn switch_pump(&mut self, context: &mut Context<Self>, PumpWater(on): PumpWater) {
        if let Some(timer) = self.pump.take() {
            context.stop_timer(&timer);
        }
        if on {
            spec::monitor::<DoorSafetyMonitor>(SwitchedOn);
            spec::assert!(self.level > 0, "the pump is on, and there is no water"; level = self.level);
            let tick = self.plan.tenths(10);
            self.pump = Some(context.start_periodic_timer(tick, tick, PumpTick));
        }
    }

    #[on(PumpTick)]
    fn pump(&mut self, context: &mut Context<Self>) {
        if let Some(timer) = self.pump.take() {
            context.stop_timer(&timer);
        }
        self.level -= 1;
        if self.level > 0 {
            self.tell(context, ShotComplete);
        } else {
            self.tell(context, WaterEmpty);
        }
    }
}
