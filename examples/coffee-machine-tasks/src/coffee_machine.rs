//! The firmware.

use std::sync::{Arc, Mutex as StdMutex, PoisonError};

use coffee_machine_common::{IsBusy, IsIdle};
use coyote::spec;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;

use crate::sensors::Notice;
use crate::{LivenessMonitor, MockSensors, Plan};

/// Why there is no coffee.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    /// The machine was killed.
    #[error("the machine was killed")]
    Halted,
    /// The door is open.
    #[error("the door is open; close it")]
    DoorOpen,
    /// There is no water.
    #[error("there is no water; fill the tank")]
    NoWater,
    /// There are no beans.
    #[error("there are no beans; fill the hopper")]
    NoBeans,
}

/// What a machine has heard of its hardware.
#[derive(Default)]
struct Heard {
    water_hot: bool,
    filter_full: bool,
    shots_made: u32,
    refusal: Option<Refusal>,
}

/// The firmware of a coffee machine. It finds the hardware in whatever state the last one has left it.
pub struct CoffeeMachine {
    plan: Plan,
    sensors: Arc<MockSensors>,
    heard: watch::Sender<Heard>,
    /// Held as long as coffee is made.
    working: Mutex<()>,
    listener: StdMutex<Option<JoinHandle<()>>>,
}

impl CoffeeMachine {
    /// Starts a machine: it listens to the hardware.
    pub fn start(plan: Plan, sensors: Arc<MockSensors>) -> Arc<Self> {
        let notices = sensors.listen();
        let (heard, listener) = (watch::Sender::default(), StdMutex::default());
        let machine = Arc::new(CoffeeMachine { plan, sensors, heard, working: Mutex::default(), listener });
        let listener = tokio::spawn(machine.clone().listen(notices));
        *machine.listener.lock().unwrap_or_else(PoisonError::into_inner) = Some(listener);
        machine
    }

    async fn listen(self: Arc<Self>, mut notices: Receiver<Notice>) {
        loop {
            let notice = match notices.recv().await {
                Ok(notice) => notice,
                Err(RecvError::Lagged(_)) => continue,
                Err(RecvError::Closed) => return,
            };
            match notice {
                Notice::WaterTemperature(degrees) => {
                    self.heard.send_modify(|heard| heard.water_hot |= degrees >= 100);
                }
                Notice::WaterHot => self.heard.send_modify(|heard| heard.water_hot = true),
                Notice::ShotComplete => self.heard.send_modify(|heard| heard.shots_made += 1),
                Notice::WaterEmpty => self.refuse(Refusal::NoWater),
                Notice::PortaFilterCoffeeLevel(level) => {
                    self.heard.send_modify(|heard| heard.filter_full |= level >= 100);
                }
                Notice::HopperEmpty => {
                    self.sensors.switch_grinder(false).await;
                    self.refuse(Refusal::NoBeans);
                }
            }
        }
    }

    fn refuse(&self, refusal: Refusal) {
        self.heard.send_modify(|heard| {
            heard.refusal.get_or_insert(refusal);
        });
    }

    /// Looks at the hardware, and makes a coffee.
    ///
    /// # Errors
    /// Returns why there is none.
    pub async fn make_coffee(&self, shots: u32) -> Result<(), Refusal> {
        let _working = self.working.lock().await;
        // One that was killed before it was asked has nothing to do.
        self.check()?;
        spec::monitor::<LivenessMonitor>(IsBusy);
        let made = self.check_and_make(shots).await;
        match made {
            Ok(()) => self.say("The coffee is done"),
            Err(refusal) => self.plan.say("CoffeeMachine", format_args!("No coffee: {refusal}")),
        }
        if made != Err(Refusal::Halted) {
            spec::monitor::<LivenessMonitor>(IsIdle);
        }
        made
    }

    async fn check_and_make(&self, shots: u32) -> Result<(), Refusal> {
        self.check_sensors().await?;
        self.heat().await?;
        self.grind().await?;
        self.make_shots(shots).await?;
        self.sensors.dump_grinds().await;
        Ok(())
    }

    async fn check_sensors(&self) -> Result<(), Refusal> {
        self.say("Looking at the sensors");
        self.switch_everything_off().await;
        if self.sensors.is_door_open().await {
            return Err(Refusal::DoorOpen);
        }
        if self.sensors.water_level().await <= 0 {
            return Err(Refusal::NoWater);
        }
        if self.is_empty(self.sensors.hopper_level().await) {
            return Err(Refusal::NoBeans);
        }
        if self.sensors.filter_level().await > 0 {
            self.say("Dumping old grinds");
            self.sensors.dump_grinds().await;
        }
        Ok(())
    }

    /// Decides whether a hopper is empty.
    fn is_empty(&self, hopper: i32) -> bool {
        if self.plan.bugs.empty_at_zero { hopper == 0 } else { hopper <= 0 }
    }

    async fn heat(&self) -> Result<(), Refusal> {
        self.say("Heating the water");
        self.check()?;
        self.sensors.switch_heater(true).await;
        self.until(|heard| heard.water_hot).await?;
        self.sensors.switch_heater(false).await;
        Ok(())
    }

    async fn grind(&self) -> Result<(), Refusal> {
        self.say("Grinding beans");
        self.check()?;
        self.sensors.switch_grinder(true).await;
        self.until(|heard| heard.filter_full).await?;
        self.sensors.switch_grinder(false).await;
        Ok(())
    }

    async fn make_shots(&self, shots: u32) -> Result<(), Refusal> {
        for shot in 1..=shots {
            self.check()?;
            self.sensors.switch_pump(true).await;
            self.until(|heard| heard.shots_made >= shot).await?;
            let made = self.heard.borrow().shots_made;
            spec::assert!(made <= shots, "too many shots"; made, shots);
            self.plan.say("CoffeeMachine", format_args!("Shot {shot} of {shots}"));
        }
        Ok(())
    }

    /// Waits for something, or for a reason to give up.
    async fn until(&self, holds: impl Fn(&Heard) -> bool) -> Result<(), Refusal> {
        let mut heard = self.heard.subscribe();
        let heard = heard.wait_for(|heard| heard.refusal.is_some() || holds(heard)).await;
        let heard = heard.expect("the sender is in `self`");
        heard.refusal.map_or(Ok(()), Err)
    }

    fn check(&self) -> Result<(), Refusal> {
        self.heard.borrow().refusal.map_or(Ok(()), Err)
    }

    async fn switch_everything_off(&self) {
        self.sensors.switch_heater(false).await;
        self.sensors.switch_pump(false).await;
        self.sensors.switch_grinder(false).await;
    }

    /// Kills the machine. When this returns, everything is off, and the machine will do nothing more.
    pub async fn terminate(&self) {
        self.heard.send_modify(|heard| heard.refusal = Some(Refusal::Halted));
        // What was begun is given up first: it could still switch something on.
        let _working = self.working.lock().await;
        let listener = self.listener.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(listener) = listener {
            listener.abort();
            let _ = listener.await;
        }
        self.switch_everything_off().await;
        self.say("Terminated");
        spec::monitor::<LivenessMonitor>(IsIdle);
    }

    fn say(&self, what: &str) {
        self.plan.say("CoffeeMachine", format_args!("{what}"));
    }
}
