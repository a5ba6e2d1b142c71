//! The hardware: a tank with a heater and a pump, a grinder with a hopper and a filter, a door.

use std::sync::Arc;
use std::time::Duration;

use coyote::spec;
use tokio::sync::{Mutex, MutexGuard, broadcast};
use tokio::task::AbortHandle;
use tokio::time::sleep;

use crate::Plan;

/// What the hardware tells by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Notice {
    /// The water is this hot, in degrees Celsius.
    WaterTemperature(i32),
    /// The water is as hot as it gets.
    WaterHot,
    /// There is no water left.
    WaterEmpty,
    /// A shot of water has run through the coffee.
    ShotComplete,
    /// There is this much ground coffee in the filter: 100 is full.
    PortaFilterCoffeeLevel(i32),
    /// There are no beans left.
    HopperEmpty,
}

/// Stands for the hardware. Each of its operations takes a while, and each is atomic.
pub struct MockSensors {
    plan: Plan,
    state: Mutex<State>,
    notices: broadcast::Sender<Notice>,
}

struct State {
    door_open: bool,
    water: i32,
    temperature: i32,
    hopper: i32,
    filter: i32,
    heater: Option<AbortHandle>,
    pump: Option<AbortHandle>,
    grinder: Option<AbortHandle>,
}

impl MockSensors {
    /// Creates a machine with some water and some beans.
    pub fn new(plan: Plan) -> Arc<Self> {
        let state = State {
            door_open: coyote::choose(5) == 0,
            water: coyote::choose(100) as i32,
            temperature: 30 + coyote::choose(50) as i32,
            hopper: coyote::choose(100) as i32,
            filter: 0,
            heater: None,
            pump: None,
            grinder: None,
        };
        let (notices, _) = broadcast::channel(64);
        Arc::new(MockSensors { plan, state: Mutex::new(state), notices })
    }

    /// Returns what is told from now on.
    pub(crate) fn listen(&self) -> broadcast::Receiver<Notice> {
        self.notices.subscribe()
    }

    fn tell(&self, notice: Notice) {
        // If nobody listens, there is nothing to miss.
        let _ = self.notices.send(notice);
    }

    async fn state(&self) -> MutexGuard<'_, State> {
        sleep(Duration::from_millis(1)).await;
        self.state.lock().await
    }

    pub(crate) async fn is_door_open(&self) -> bool {
        self.state().await.door_open
    }

    pub(crate) async fn water_level(&self) -> i32 {
        self.state().await.water
    }

    pub(crate) async fn hopper_level(&self) -> i32 {
        self.state().await.hopper
    }

    pub(crate) async fn filter_level(&self) -> i32 {
        self.state().await.filter
    }

    pub(crate) async fn dump_grinds(&self) {
        self.state().await.filter = 0;
    }

    /// Returns whether nothing is switched on.
    pub(crate) async fn is_off(&self) -> bool {
        let state = self.state().await;
        state.heater.is_none() && state.pump.is_none() && state.grinder.is_none()
    }

    pub(crate) async fn switch_heater(self: &Arc<Self>, on: bool) {
        let mut state = self.state().await;
        spec::assert!(!on || state.water > 0, "the heater is on, and there is no water"; level = state.water);
        switch(&mut state.heater, on, self.clone().heat());
    }

    pub(crate) async fn switch_pump(self: &Arc<Self>, on: bool) {
        let mut state = self.state().await;
        spec::assert!(!on || state.water > 0, "the pump is on, and there is no water"; level = state.water);
        switch(&mut state.pump, on, self.clone().pump());
    }

    pub(crate) async fn switch_grinder(self: &Arc<Self>, on: bool) {
        let mut state = self.state().await;
        spec::assert!(!on || state.hopper > 0, "the grinder is on, and there are no beans"; hopper = state.hopper);
        switch(&mut state.grinder, on, self.clone().grind());
    }

    async fn heat(self: Arc<Self>) {
        loop {
            sleep(self.plan.tenths(1)).await;
            let mut state = self.state.lock().await;
            if state.temperature >= 100 {
                state.heater = None;
                drop(state);
                return self.tell(Notice::WaterHot);
            }
            if !self.plan.slowly {
                state.temperature = state.temperature.max(99);
            }
            state.temperature += 10;
            let temperature = state.temperature;
            drop(state);
            self.tell(Notice::WaterTemperature(temperature));
        }
    }

    /// Makes one shot.
    async fn pump(self: Arc<Self>) {
        sleep(self.plan.tenths(10)).await;
        let mut state = self.state.lock().await;
        state.water -= 1;
        state.pump = None;
        let is_empty = state.water <= 0;
        drop(state);
        self.tell(if is_empty { Notice::WaterEmpty } else { Notice::ShotComplete });
    }

    /// Grinds until it is switched off, whether there are beans or not.
    async fn grind(self: Arc<Self>) {
        loop {
            sleep(self.plan.tenths(1)).await;
            let mut state = self.state.lock().await;
            if !self.plan.slowly && state.filter < 98 {
                state.hopper -= 98 - state.filter;
                state.filter = 99;
            }
            state.hopper -= 1;
            state.filter = (state.filter + 10).min(109);
            let (filter, hopper) = (state.filter, state.hopper);
            drop(state);
            self.tell(Notice::PortaFilterCoffeeLevel(filter));
            if hopper <= 0 {
                self.tell(Notice::HopperEmpty);
            }
        }
    }
}

/// Switches a part on or off, whatever it was before.
fn switch(part: &mut Option<AbortHandle>, on: bool, work: impl Future<Output = ()> + Send + 'static) {
    if let Some(running) = part.take() {
        running.abort();
    }
    if on {
        *part = Some(tokio::spawn(work).abort_handle());
    }
}
