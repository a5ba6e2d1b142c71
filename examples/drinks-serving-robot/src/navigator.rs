//! The service that knows whom to serve next, and how to get there. It may be killed at any time.

use coyote::actors::{ActorId, Context, Event, Halt, machine};
use coyote::spec;

use crate::failover_driver::NavigatorHalted;
use crate::mock_cognitive_service::{DrinksClientDetails, RecognizeDrinksClient};
use crate::mock_route_planner::GetRoute;
use crate::mock_storage::{Confirmed, DeleteKey, KeyValue, ReadKey, WriteKey};
use crate::robot::{DrinkOrderConfirmed, DrinkOrderProduced, DrivingInstructions, RegisterNavigator};
use crate::{DrinkOrder, Location, Plan, RoomPicture};

/// The one key in the storage: what the robot has asked for, until that is complete.
const DRINK_ORDER: &str = "DrinkOrder";

/// Has a navigator begin its work, for this robot.
#[derive(Event)]
pub(crate) struct WakeUp {
    pub(crate) robot: ActorId,
}

/// Asks whom to serve next.
#[derive(Event)]
pub(crate) struct GetDrinkOrder {
    pub(crate) picture: RoomPicture,
}

/// Asks for the way.
#[derive(Event)]
pub(crate) struct GetDrivingInstructions {
    pub(crate) start: Location,
    pub(crate) end: Location,
}

/// Kills a navigator.
#[derive(Event)]
pub(crate) struct Terminate;

/// Finds the next client, and the way there. All that it has to remember is in the storage.
pub struct Navigator {
    pub(crate) plan: Plan,
    pub(crate) creator: ActorId,
    pub(crate) storage: ActorId,
    pub(crate) cognitive_service: ActorId,
    pub(crate) route_planner: ActorId,
    /// From when it is woken up.
    pub(crate) robot: Option<ActorId>,
}

/// What a navigator is doing.
#[machine(Navigator)]
pub enum NavigatorState {
    /// Nothing: below the others it sees to it that a navigator can be killed.
    #[start]
    #[entry(start)]
    #[on(Terminate, do = terminate)]
    #[defer(WakeUp, GetDrinkOrder, GetDrivingInstructions)]
    Init,

    /// It waits to be woken up, and then looks for what its predecessor has left.
    #[on(WakeUp, do = wake_up)]
    #[on(KeyValue, do = restart, goto = Active)]
    #[defer(Terminate, GetDrinkOrder, GetDrivingInstructions)]
    Paused,

    /// It serves the robot.
    #[on(GetDrinkOrder, do = store_order)]
    #[on(Confirmed, do = process_order)]
    #[on(DrinksClientDetails, do = send_order)]
    #[on(GetDrivingInstructions, do = ask_for_route)]
    #[on(DrivingInstructions, do = complete_order)]
    #[ignore(KeyValue)]
    Active,
}

impl Navigator {
    fn start(&mut self, context: &mut Context<Self>) {
        self.say("Starting");
        context.push(NavigatorState::Paused);
    }

    fn wake_up(&mut self, context: &mut Context<Self>, WakeUp { robot }: WakeUp) {
        self.say("Got to know the Robot");
        self.robot = Some(robot);
        let requestor = context.id().clone();
        if self.plan.bugs.lost_requests {
            self.register(context, false);
        }
        context.send(&self.storage, ReadKey { requestor, key: DRINK_ORDER });
    }

    /// Resumes the order that an earlier navigator has left behind.
    ///
    /// The robot has to be told of it at the same time: it alone knows whether it has asked for an order that has
    /// got as far as the storage, or for one that died with the other navigator.
    fn restart(&mut self, context: &mut Context<Self>, KeyValue { key, value }: KeyValue) {
        spec::assert!(key == DRINK_ORDER, "the storage was asked for another key"; key);
        if !self.plan.bugs.lost_requests {
            self.register(context, value.is_some());
        }
        match value {
            Some(picture) => {
                self.say("Restarting the Robot's pending request to find a client");
                self.recognize(context, picture);
            }
            None => self.say("There was no pending request to find a client"),
        }
    }

    fn register(&mut self, context: &mut Context<Self>, has_order: bool) {
        let navigator = context.id().clone();
        context.send(self.robot(), RegisterNavigator { navigator, has_order });
    }

    fn store_order(&mut self, context: &mut Context<Self>, GetDrinkOrder { picture }: GetDrinkOrder) {
        let requestor = context.id().clone();
        context.send(&self.storage, WriteKey { requestor, key: DRINK_ORDER, value: picture });
    }

    fn process_order(&mut self, context: &mut Context<Self>, Confirmed { value, existing }: Confirmed) {
        spec::assert!(!existing, "a new order has overwritten one that was not complete");
        context.send(self.robot(), DrinkOrderConfirmed);
        self.recognize(context, value);
    }

    fn recognize(&mut self, context: &mut Context<Self>, picture: RoomPicture) {
        let client = context.id().clone();
        context.send(&self.cognitive_service, RecognizeDrinksClient { client, picture });
    }

    fn send_order(&mut self, context: &mut Context<Self>, DrinksClientDetails(client): DrinksClientDetails) {
        context.send(self.robot(), DrinkOrderProduced(DrinkOrder { client }));
    }

    fn ask_for_route(&mut self, context: &mut Context<Self>, request: GetDrivingInstructions) {
        let GetDrivingInstructions { start, end } = request;
        self.plan.say("Navigator", format_args!("Asking for a route from {start} to {end}"));
        let client = context.id().clone();
        context.send(&self.route_planner, GetRoute { client, end });
    }

    fn complete_order(&mut self, context: &mut Context<Self>, instructions: DrivingInstructions) {
        context.send(self.robot(), instructions);
        self.say("The order is complete: deleting its record");
        context.send(&self.storage, DeleteKey { key: DRINK_ORDER });
    }

    fn terminate(&mut self, context: &mut Context<Self>) {
        self.say("Terminating, as I was told to");
        context.send(&self.cognitive_service, Halt);
        context.send(&self.route_planner, Halt);
        context.send(&self.creator, NavigatorHalted);
        context.halt();
    }

    fn robot(&self) -> &ActorId {
        self.robot.as_ref().expect("whoever works has been woken up")
    }

    fn say(&self, what: &str) {
        self.plan.say("Navigator", format_args!("{what}"));
    }
}
