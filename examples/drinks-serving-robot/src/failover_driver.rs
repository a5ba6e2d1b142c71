//! Who creates everybody, and kills navigators.

use coyote::actors::{ActorId, Context, Event, Timer, machine};

use crate::navigator::{Navigator, Terminate, WakeUp};
use crate::{MockCognitiveService, MockRoutePlanner, MockStorage, Plan, Robot};

/// The robot's order is in the storage: it is worth the trouble to kill the navigator now.
#[derive(Event)]
pub(crate) struct RobotReady;

/// The robot has met a new navigator.
#[derive(Event)]
pub(crate) struct NavigatorReset;

/// A navigator is gone.
#[derive(Event)]
pub(crate) struct NavigatorHalted;

/// A navigator is to be killed.
#[derive(Event)]
struct HaltTimer;

/// Sets the system up, and fails the navigator over.
pub struct FailoverDriver {
    plan: Plan,
    failovers_left: Option<u32>,
    storage: Option<ActorId>,
    robot: Option<ActorId>,
    navigator: Option<ActorId>,
    halt_timer: Option<Timer>,
}

/// What the driver is doing.
#[machine(FailoverDriver)]
pub enum FailoverDriverState {
    /// It creates everybody.
    #[start]
    #[entry(set_up)]
    Init,

    /// It waits for a good moment to kill the navigator.
    #[on(RobotReady, do = arm)]
    #[on(HaltTimer, do = kill)]
    #[ignore(NavigatorReset)]
    Active,

    /// It waits for the navigator to be gone, and for the robot to know the next one.
    #[on(NavigatorHalted, do = replace)]
    #[on(NavigatorReset, do = note_reset, goto = Active)]
    #[ignore(HaltTimer)]
    TerminatingNavigator,

    /// The same, for a robot that has more than one order: the next one may be confirmed already.
    #[inherit(TerminatingNavigator)]
    #[defer(RobotReady)]
    TerminatingBetweenOrders,
}

impl FailoverDriver {
    /// Creates the driver.
    pub fn new(plan: Plan) -> Self {
        let (storage, robot, navigator) = (None, None, None);
        FailoverDriver { plan, failovers_left: plan.failovers, storage, robot, navigator, halt_timer: None }
    }

    fn set_up(&mut self, context: &mut Context<Self>) {
        self.say("Starting the Robot");
        self.storage = Some(context.create(MockStorage::default()));
        let creator = context.id().clone();
        self.robot = Some(context.create(Robot::new(self.plan, creator)));
        self.create_navigator(context);
        context.goto(FailoverDriverState::Active);
    }

    fn create_navigator(&mut self, context: &mut Context<Self>) {
        let cognitive_service = context.create(MockCognitiveService::new(self.plan));
        let route_planner = context.create(MockRoutePlanner);
        let (Some(storage), Some(robot)) = (self.storage.clone(), self.robot.clone()) else {
            unreachable!("both are created first")
        };
        let (plan, creator) = (self.plan, context.id().clone());
        let navigator = Navigator { plan, creator, storage, cognitive_service, route_planner, robot: None };
        let navigator = context.create(navigator);
        context.send(&navigator, WakeUp { robot });
        self.navigator = Some(navigator);
    }

    fn arm(&mut self, context: &mut Context<Self>) {
        if self.failovers_left != Some(0) {
            let delay = self.plan.millis(500 + coyote::choose(500));
            self.halt_timer = Some(context.start_timer(delay, HaltTimer));
        }
    }

    fn kill(&mut self, context: &mut Context<Self>) {
        if let Some(left) = &mut self.failovers_left {
            let Some(fewer) = left.checked_sub(1) else { return };
            *left = fewer;
        }
        self.say("#################################################################");
        self.say("#             Starting the failover of the Navigator            #");
        self.say("#################################################################");
        if let Some(timer) = self.halt_timer.take() {
            context.stop_timer(&timer);
        }
        if let Some(navigator) = self.navigator.take() {
            context.send(&navigator, Terminate);
        }
        context.goto(if self.plan.bugs.deaf_driver {
            FailoverDriverState::TerminatingNavigator
        } else {
            FailoverDriverState::TerminatingBetweenOrders
        });
    }

    fn replace(&mut self, context: &mut Context<Self>) {
        self.say("*****   The Navigator has terminated: creating a new one    *****");
        self.create_navigator(context);
    }

    fn note_reset(&mut self) {
        self.say("*****        The Robot knows the new Navigator              *****");
    }

    fn say(&self, what: &str) {
        self.plan.say("FailoverDriver", format_args!("{what}"));
    }
}
