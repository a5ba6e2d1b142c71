//! A service that finds people in pictures.

use coyote::actors::{ActorId, Context, Event, actor};

use crate::{ClientDetails, Location, PersonType, Plan, RoomPicture};

/// Asks for somebody in this picture who wants a drink.
#[derive(Event)]
pub(crate) struct RecognizeDrinksClient {
    pub(crate) client: ActorId,
    pub(crate) picture: RoomPicture,
}

/// Somebody who wants a drink.
#[derive(Event)]
pub(crate) struct DrinksClientDetails(pub(crate) ClientDetails);

/// Recognising takes its time.
#[derive(Event)]
struct Recognized {
    client: ActorId,
    picture: RoomPicture,
}

/// Stands for a cognitive service: it finds anybody anywhere.
pub struct MockCognitiveService {
    plan: Plan,
}

impl MockCognitiveService {
    /// Creates the service.
    pub fn new(plan: Plan) -> Self {
        MockCognitiveService { plan }
    }
}

#[actor]
impl MockCognitiveService {
    #[on_start]
    fn start(&mut self) {
        self.plan.say("CognitiveService", format_args!("Starting"));
    }

    #[on(RecognizeDrinksClient)]
    fn recognize(&mut self, context: &mut Context<Self>, request: RecognizeDrinksClient) {
        let RecognizeDrinksClient { client, picture } = request;
        context.start_timer(self.plan.millis(1500), Recognized { client, picture });
    }

    #[on(Recognized)]
    fn answer(&mut self, context: &mut Context<Self>, Recognized { client, picture }: Recognized) {
        let person = if coyote::random_bool() { PersonType::Adult } else { PersonType::Minor };
        let details = ClientDetails { person, place: Location::random() };
        let number = picture.number;
        self.plan.say("CognitiveService", format_args!("Somebody in picture {number} wants a drink"));
        context.send(&client, DrinksClientDetails(details));
    }
}
