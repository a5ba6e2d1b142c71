//! A robot serves drinks. A navigator finds the next client for it, and the way there; at random times the
//! navigator is killed, and another takes its place, which must lose nothing.
//!
//! - [`Robot`] and [`Navigator`] are the product;
//! - [`MockStorage`], [`MockCognitiveService`] and [`MockRoutePlanner`] stand for the services that the navigator
//!   uses, and the storage survives it;
//! - [`FailoverDriver`] sets everything up, kills navigators, and creates new ones;
//! - [`LivenessMonitor`] demands that a robot which has asked for something serves a drink in the end.
//!
//! [`Bugs`] says which of the bugs that it had are in.

mod bugs;
mod failover_driver;
mod liveness_monitor;
mod mock_cognitive_service;
mod mock_route_planner;
mod mock_storage;
mod navigator;
mod plan;
mod robot;
mod room;
mod say;
mod serve;

pub use bugs::Bugs;
pub use failover_driver::{FailoverDriver, FailoverDriverState};
pub use liveness_monitor::{IsBusy, IsIdle, LivenessMonitor};
pub use mock_cognitive_service::MockCognitiveService;
pub use mock_route_planner::MockRoutePlanner;
pub use mock_storage::MockStorage;
pub use navigator::{Navigator, NavigatorState};
pub use plan::Plan;
pub use robot::{Robot, RobotState};
pub use room::{ClientDetails, DrinkOrder, Location, PersonType, RoomPicture};
pub use serve::serve;
