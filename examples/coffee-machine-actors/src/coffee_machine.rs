//! The firmware.

use coffee_machine_common::{IsBusy, IsIdle};
use coyote::actors::{ActorId, Context, Event, machine};
use coyote::spec;

use crate::failover_driver::{CoffeeCompleted, MachineHalted};
use crate::sensors::{
    DoorOpen, DumpGrinds, GrinderButton, HopperEmpty, HopperLevel, PortaFilterCoffeeLevel, PumpWater,
    ReadDoorOpen, ReadHopperLevel, ReadPortaFilterCoffeeLevel, ReadWaterLevel, ReadWaterTemperature,
    RegisterClient, ShotComplete, WaterEmpty, WaterHeaterButton, WaterHot, WaterLevel, WaterTemperature,
};
use crate::{LivenessMonitor, Plan};

/// Asks for coffee. The answer is [`CoffeeCompleted`].
#[derive(Event)]
pub(crate) struct MakeCoffee {
    pub(crate) shots: u32,
}

/// Kills the machine.
#[derive(Event)]
pub(crate) struct Terminate;

/// The firmware of a coffee machine. It finds the hardware in whatever state the last one has left it.
pub struct CoffeeMachine {
    plan: Plan,
    client: ActorId,
    hardware: Hardware,
    sensors: Sensors,
    shots_asked: u32,
    shots_made: u32,
}

/// The parts of the machine.
#[derive(Clone)]
pub(crate) struct Hardware {
    pub(crate) water_tank: ActorId,
    pub(crate) grinder: ActorId,
    pub(crate) door: ActorId,
}

/// What the machine has read at its start.
#[derive(Default)]
struct Sensors {
    water: Option<i32>,
    hopper: Option<i32>,
    filter: Option<i32>,
    door_open: Option<bool>,
}

/// What the machine is doing. What it is told too late, it ignores.
#[machine(CoffeeMachine)]
#[on(Terminate, do = terminate)]
#[ignore(WaterLevel, WaterTemperature, WaterHot, WaterEmpty, ShotComplete)]
#[ignore(HopperLevel, PortaFilterCoffeeLevel, HopperEmpty, DoorOpen)]
pub enum CoffeeMachineState {
    /// It introduces itself to the hardware.
    #[start]
    #[entry(start)]
    Init,

    /// It switches everything off, and reads all sensors.
    #[entry(read_sensors)]
    #[on(WaterLevel, do = note_water)]
    #[on(HopperLevel, do = note_hopper)]
    #[on(PortaFilterCoffeeLevel, do = note_filter)]
    #[on(DoorOpen, do = note_door)]
    #[defer(MakeCoffee)]
    CheckSensors,

    /// It heats.
    #[entry(heat)]
    #[on(WaterTemperature, do = note_temperature)]
    #[on(WaterHot, do = stop_heating, goto = Ready)]
    #[defer(MakeCoffee)]
    HeatingWater,

    /// It waits for somebody who wants coffee.
    #[entry(be_idle)]
    #[on(MakeCoffee, do = begin, goto = GrindingBeans)]
    #[on(HopperEmpty, goto = RefillRequired)]
    #[on(WaterEmpty, goto = RefillRequired)]
    Ready,

    /// It grinds until the filter is full.
    #[entry(grind)]
    #[on(PortaFilterCoffeeLevel, do = note_ground)]
    #[on(HopperLevel, do = note_hopper_while_grinding)]
    #[on(HopperEmpty, goto = RefillRequired)]
    GrindingBeans,

    /// It pumps, shot by shot.
    #[entry(pump)]
    #[on(ShotComplete, do = note_shot)]
    #[on(WaterEmpty, goto = RefillRequired)]
    MakingShots,

    /// It empties the filter, and says that the coffee is done.
    #[entry(clean_up)]
    Cleanup,

    /// There is no water, or there are no beans.
    #[entry(refuse)]
    #[ignore(MakeCoffee)]
    RefillRequired,

    /// The door is open.
    #[entry(refuse)]
    #[ignore(MakeCoffee)]
    Error,
}

impl CoffeeMachine {
    /// Creates the firmware for a client.
    pub(crate) fn new(plan: Plan, client: ActorId, hardware: Hardware) -> Self {
        let sensors = Sensors::default();
        CoffeeMachine { plan, client, hardware, sensors, shots_asked: 0, shots_made: 0 }
    }

    fn start(&mut self, context: &mut Context<Self>) {
        self.say("Starting");
        let Hardware { water_tank, grinder, door } = self.hardware.clone();
        for part in [water_tank, grinder, door] {
            let machine = context.id().clone();
            context.send(&part, RegisterClient { machine });
        }
        context.goto(CoffeeMachineState::CheckSensors);
    }

    fn switch_everything_off(&mut self, context: &mut Context<Self>) {
        context.send(&self.hardware.water_tank, WaterHeaterButton(false));
        context.send(&self.hardware.water_tank, PumpWater(false));
        context.send(&self.hardware.grinder, GrinderButton(false));
    }

    fn read_sensors(&mut self, context: &mut Context<Self>) {
        self.say("Reading the sensors");
        spec::monitor::<LivenessMonitor>(IsBusy);
        self.switch_everything_off(context);
        context.send(&self.hardware.water_tank, ReadWaterLevel);
        context.send(&self.hardware.grinder, ReadHopperLevel);
        context.send(&self.hardware.grinder, ReadPortaFilterCoffeeLevel);
        context.send(&self.hardware.door, ReadDoorOpen);
    }

    fn note_water(&mut self, context: &mut Context<Self>, WaterLevel(level): WaterLevel) {
        self.plan.say("CoffeeMachine", format_args!("There is {level} % water"));
        self.sensors.water = Some(level);
        self.judge_sensors(context);
    }

    fn note_hopper(&mut self, context: &mut Context<Self>, HopperLevel(level): HopperLevel) {
        self.plan.say("CoffeeMachine", format_args!("There are {level} % beans"));
        self.sensors.hopper = Some(level);
        self.judge_sensors(context);
    }

    fn note_filter(
        &mut self,
        context: &mut Context<Self>,
        PortaFilterCoffeeLevel(level): PortaFilterCoffeeLevel,
    ) {
        self.sensors.filter = Some(level);
        if level > 0 {
            self.say("Dumping old grinds");
            context.send(&self.hardware.grinder, DumpGrinds);
        }
        self.judge_sensors(context);
    }

    fn note_door(&mut self, context: &mut Context<Self>, DoorOpen(open): DoorOpen) {
        self.sensors.door_open = Some(open);
        self.judge_sensors(context);
    }

    /// Goes on once all sensors have been read.
    fn judge_sensors(&mut self, context: &mut Context<Self>) {
        let Sensors { water: Some(water), hopper: Some(hopper), filter: Some(_), door_open: Some(door_open) } =
            self.sensors
        else {
            return;
        };
        if door_open {
            self.say("The door is open");
            context.goto(CoffeeMachineState::Error);
        } else if water <= 0 || self.is_empty(hopper) {
            context.goto(CoffeeMachineState::RefillRequired);
        } else {
            context.goto(CoffeeMachineState::HeatingWater);
        }
    }

    /// Decides whether a hopper is empty.
    fn is_empty(&self, hopper: i32) -> bool {
        if self.plan.bugs.empty_at_zero { hopper == 0 } else { hopper <= 0 }
    }

    fn heat(&mut self, context: &mut Context<Self>) {
        self.say("Heating the water");
        context.send(&self.hardware.water_tank, WaterHeaterButton(true));
        context.send(&self.hardware.water_tank, ReadWaterTemperature);
    }

    fn note_temperature(&mut self, context: &mut Context<Self>, WaterTemperature(degrees): WaterTemperature) {
        if degrees >= 100 {
            self.stop_heating(context);
            context.goto(CoffeeMachineState::Ready);
        }
    }

    fn stop_heating(&mut self, context: &mut Context<Self>) {
        self.say("The water is hot");
        context.send(&self.hardware.water_tank, WaterHeaterButton(false));
    }

    fn be_idle(&mut self) {
        self.say("Ready to make coffee");
        spec::monitor::<LivenessMonitor>(IsIdle);
    }

    fn begin(&mut self, MakeCoffee { shots }: MakeCoffee) {
        self.plan.say("CoffeeMachine", format_args!("Making a coffee of {shots} shots"));
        spec::monitor::<LivenessMonitor>(IsBusy);
        (self.shots_asked, self.shots_made) = (shots, 0);
    }

    fn grind(&mut self, context: &mut Context<Self>) {
        self.say("Grinding beans");
        context.send(&self.hardware.grinder, GrinderButton(true));
    }

    fn note_ground(
        &mut self,
        context: &mut Context<Self>,
        PortaFilterCoffeeLevel(level): PortaFilterCoffeeLevel,
    ) {
        if level >= 100 {
            self.say("The filter is full");
            context.send(&self.hardware.grinder, GrinderButton(false));
            context.goto(CoffeeMachineState::MakingShots);
        } else {
            context.send(&self.hardware.grinder, ReadHopperLevel);
        }
    }

    fn note_hopper_while_grinding(&mut self, context: &mut Context<Self>, HopperLevel(level): HopperLevel) {
        if self.is_empty(level) {
            context.goto(CoffeeMachineState::RefillRequired);
        }
    }

    fn pump(&mut self, context: &mut Context<Self>) {
        context.send(&self.hardware.water_tank, PumpWater(true));
    }

    fn note_shot(&mut self, context: &mut Context<Self>) {
        self.shots_made += 1;
        let (made, asked) = (self.shots_made, self.shots_asked);
        self.plan.say("CoffeeMachine", format_args!("Shot {made} of {asked}"));
        spec::assert!(made <= asked, "too many shots"; made, asked);
        if made < asked {
            self.pump(context);
        } else {
            context.goto(CoffeeMachineState::Cleanup);
        }
    }

    fn clean_up(&mut self, context: &mut Context<Self>) {
        context.send(&self.hardware.grinder, DumpGrinds);
        context.send(&self.client, CoffeeCompleted { failed: false });
        context.goto(CoffeeMachineState::Ready);
    }

    fn refuse(&mut self, context: &mut Context<Self>) {
        self.plan.say("CoffeeMachine", format_args!("Cannot make coffee: {:?}", context.state()));
        context.send(&self.client, CoffeeCompleted { failed: true });
        spec::monitor::<LivenessMonitor>(IsIdle);
    }

    fn terminate(&mut self, context: &mut Context<Self>) {
        self.say("Terminating, as I was told to");
        self.switch_everything_off(context);
        spec::monitor::<LivenessMonitor>(IsIdle);
        context.send(&self.client, MachineHalted);
        context.halt();
    }

    fn say(&self, what: &str) {
        self.plan.say("CoffeeMachine", format_args!("{what}"));
    }
}
