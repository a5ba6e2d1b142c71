//! A service that plans routes around the furniture.

use coyote::actors::{ActorId, Context, Event, actor};

use crate::Location;
use crate::robot::DrivingInstructions;

/// Asks for a route without collisions. The reply is [`DrivingInstructions`].
#[derive(Event)]
pub(crate) struct GetRoute {
    pub(crate) client: ActorId,
    pub(crate) end: Location,
}

/// Stands for a route planner: it leads past up to two random places.
#[derive(Default)]
pub struct MockRoutePlanner;

#[actor]
impl MockRoutePlanner {
    #[on(GetRoute)]
    fn plan(&mut self, context: &mut Context<Self>, GetRoute { client, end }: GetRoute) {
        let stops = coyote::choose(3);
        let mut route: Vec<Location> = (0..stops).map(|_| Location::random()).collect();
        route.push(end);
        context.send(&client, DrivingInstructions { route });
    }
}
