use coyote::actors::{ActorId, Context, Event, Runtime, actor};
use coyote::{Config, Explorer};

#[derive(Event)]
struct Greet {
    from: ActorId,
}
#[derive(Event)]
struct Greeting;

struct Greeter;

#[actor]
impl Greeter {
    #[on(Greet)]
    async fn greet(&mut self, context: &mut Context<Self>, greet: Greet) {
        context.send(&greet.from, Greeting);
        if coyote::choose(10) == 0 {
            context.send(&greet.from, Greeting);
        }
    }
}

struct Guest {
    expected: u32,
}

#[actor]
impl Guest {
    #[on_start]
    fn arrive(&mut self, context: &mut Context<Self>) {
        let greeter = context.create(Greeter);
        self.expected = 1 + coyote::choose(5);
        for _ in 0..self.expected {
            let from = context.id().clone();
            context.send(&greeter, Greet { from });
        }
    }

    #[on(Greeting)]
    fn listen(&mut self) {
        assert!(self.expected > 0, "too many greetings");
        self.expected -= 1;
    }
}

#[test]
fn a_duplicated_greeting_is_found() {
    let report = Explorer::new(Config::new("hello")).run(|| async {
        let runtime = Runtime::new();
        runtime.create(Guest { expected: 0 });
        runtime.quiescent().await;
    });
    let bug = report.bug().unwrap_or_else(|| panic!("{report}"));
    assert!(bug.message().contains("too many greetings"), "{report}");
    assert!(bug.is_reproduced(), "{report}");
    assert!(report.statistics().iterations <= 30, "{report}");
    println!("{report}");
}
