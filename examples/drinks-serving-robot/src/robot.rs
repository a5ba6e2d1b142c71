//! The robot. It survives its navigators.

use coyote::actors::{ActorId, Context, Event, Timer, machine};
use coyote::spec;

use crate::failover_driver::{NavigatorReset, RobotReady};
use crate::navigator::{GetDrinkOrder, GetDrivingInstructions};
use crate::{DrinkOrder, IsBusy, IsIdle, LivenessMonitor, Location, Plan, RoomPicture};

/// A navigator introduces itself.
#[derive(Event)]
pub(crate) struct RegisterNavigator {
    pub(crate) navigator: ActorId,
    /// It has found an order in the storage. With [`Bugs::lost_requests`](crate::Bugs::lost_requests) it has not
    /// looked yet.
    pub(crate) has_order: bool,
}

/// The request for an order is in the storage.
#[derive(Event)]
pub(crate) struct DrinkOrderConfirmed;

/// Whom to serve.
#[derive(Event)]
pub(crate) struct DrinkOrderProduced(pub(crate) DrinkOrder);

/// How to get there: the last stop is the client's.
#[derive(Event)]
pub(crate) struct DrivingInstructions {
    pub(crate) route: Vec<Location>,
}

/// The next stop is reached.
#[derive(Event)]
struct MoveTimer;

/// Serves drinks.
pub struct Robot {
    plan: Plan,
    creator: ActorId,
    navigator: Option<ActorId>,
    /// The navigator has an order of this robot in the storage.
    drink_order_pending: bool,
    order: Option<DrinkOrder>,
    /// The stops to come, the next one last.
    route: Vec<Location>,
    move_timer: Option<Timer>,
    position: Location,
    pictures: u32,
    drinks_left: Option<u32>,
}

/// What the robot is doing.
#[machine(Robot)]
pub enum RobotState {
    /// It waits for a navigator. The other states are on top of this one, so a new one is met in any of them.
    #[start]
    #[on(RegisterNavigator, do = meet)]
    #[defer(DrinkOrderProduced)]
    Init,

    /// It waits to hear whom to serve.
    #[entry(ask_for_order)]
    #[on(DrinkOrderConfirmed, do = note_confirmation)]
    #[on(DrinkOrderProduced, do = take_order, goto = ExecutingOrder)]
    Active,

    /// It waits to hear the way.
    #[entry(ask_for_way)]
    #[on(DrivingInstructions, do = take_route, goto = ReachingClient)]
    ExecutingOrder,

    /// It knows the way, and sets off.
    #[entry(set_off)]
    ReachingClient,

    /// It is on the way.
    #[on(MoveTimer, do = next_move)]
    #[ignore(DrinkOrderProduced)]
    MovingOnRoute,

    /// It is there.
    #[entry(serve)]
    ServingClient,

    /// It has served all drinks.
    #[entry(finish)]
    Finished,
}

impl Robot {
    /// Creates the robot; the driver is told what happens to it.
    pub fn new(plan: Plan, creator: ActorId) -> Self {
        Robot {
            plan,
            creator,
            navigator: None,
            drink_order_pending: false,
            order: None,
            route: Vec::new(),
            move_timer: None,
            position: Location::INITIAL,
            pictures: 0,
            drinks_left: plan.drinks,
        }
    }

    fn meet(&mut self, context: &mut Context<Self>, event: RegisterNavigator) {
        let RegisterNavigator { navigator, has_order } = event;
        let is_first = self.navigator.replace(navigator).is_none();
        if is_first {
            context.push(RobotState::Active);
        } else if self.has_to_start_over(context, has_order) {
            let pending = self.drink_order_pending;
            self.plan
                .say("Robot", format_args!("There is a new Navigator, and a pending drink order: {pending}"));
            self.route.clear();
            self.stop_moving(context);
            spec::monitor::<LivenessMonitor>(IsIdle);
            context.goto(RobotState::Active);
        }
        context.send(&self.creator, NavigatorReset);
    }

    /// Decides whether what was begun with another navigator is to be begun again.
    fn has_to_start_over(&mut self, context: &Context<Self>, has_order: bool) -> bool {
        if self.plan.bugs.lost_requests {
            return self.drink_order_pending;
        }
        // What the new navigator found in the storage is the truth. If there is nothing, a request that has not
        // been answered has died with the old navigator, on the way or in its inbox.
        self.drink_order_pending = has_order;
        has_order || context.state() == RobotState::Active
    }

    fn ask_for_order(&mut self, context: &mut Context<Self>) {
        if !self.drink_order_pending {
            self.pictures += 1;
            let picture = RoomPicture { number: self.pictures, image: [0] };
            self.say("Took a picture of the room, and asked for a new drink order");
            context.send(self.navigator(), GetDrinkOrder { picture });
        }
        spec::monitor::<LivenessMonitor>(IsBusy);
    }

    fn note_confirmation(&mut self, context: &mut Context<Self>) {
        self.drink_order_pending = true;
        context.send(&self.creator, RobotReady);
    }

    fn take_order(&mut self, DrinkOrderProduced(order): DrinkOrderProduced) {
        self.say("Received a new drink order");
        self.order = Some(order);
    }

    fn ask_for_way(&mut self, context: &mut Context<Self>) {
        let (start, end) = (self.position, self.order().client.place);
        self.plan.say("Robot", format_args!("Asked for the way from {start} to {end}"));
        context.send(self.navigator(), GetDrivingInstructions { start, end });
        spec::monitor::<LivenessMonitor>(IsBusy);
    }

    fn take_route(&mut self, DrivingInstructions { mut route }: DrivingInstructions) {
        route.reverse();
        self.route = route;
        // For the navigator the order is complete, and gone from the storage.
        if !self.plan.bugs.late_to_forget {
            self.drink_order_pending = false;
        }
    }

    fn set_off(&mut self, context: &mut Context<Self>) {
        self.start_moving(context);
        context.goto(RobotState::MovingOnRoute);
    }

    fn next_move(&mut self, context: &mut Context<Self>) {
        if self.plan.bugs.late_to_forget {
            // Too late: between the last message of a navigator and this tick another may register.
            self.drink_order_pending = false;
        }
        match self.route.pop() {
            Some(next) => {
                let here = std::mem::replace(&mut self.position, next);
                self.plan.say("Robot", format_args!("Moving from {here} to {next}"));
                self.start_moving(context);
            }
            None => {
                self.say("Reached the client");
                let client = self.order().client.place;
                spec::assert!(self.position == client, "the robot is not where the client is"; position = self.position, client);
                context.goto(RobotState::ServingClient);
            }
        }
    }

    fn serve(&mut self, context: &mut Context<Self>) {
        let person = self.order().client.person;
        let drink = person.random_drink();
        self.plan.say("Robot", format_args!("Served a glass of {drink} ({person:?}), and went back"));
        self.order = None;
        self.position = Location::INITIAL;
        spec::monitor::<LivenessMonitor>(IsIdle);
        if let Some(left) = &mut self.drinks_left {
            *left = left.saturating_sub(1);
        }
        let is_done = self.drinks_left == Some(0);
        context.goto(if is_done { RobotState::Finished } else { RobotState::Active });
    }

    fn finish(&mut self, context: &mut Context<Self>) {
        self.say("Finished serving");
        context.halt();
    }

    fn start_moving(&mut self, context: &mut Context<Self>) {
        self.move_timer = Some(context.start_timer(self.plan.millis(500), MoveTimer));
    }

    fn stop_moving(&mut self, context: &mut Context<Self>) {
        if let Some(timer) = self.move_timer.take() {
            context.stop_timer(&timer);
        }
    }

    fn navigator(&self) -> &ActorId {
        self.navigator.as_ref().expect("above `Init` there is a navigator")
    }

    fn order(&self) -> &DrinkOrder {
        self.order.as_ref().expect("an order is executed")
    }

    fn say(&self, what: &str) {
        self.plan.say("Robot", format_args!("{what}"));
    }
}
