//! Event groups.

use coyote::actors::{ActorId, Context, Event, EventGroup, SendOptions, actor, machine};

use crate::harness::{Diary, Kit};

#[derive(Event)]
struct Ask(Plan);
#[derive(Event)]
struct Told;

#[derive(Clone, Copy)]
enum Plan {
    Forward,
    ForwardWithOptions,
    ForwardInNone,
    ForwardIn,
    Change,
    Raise,
    Complete,
    Receive,
}

/// Says in which group it was told.
struct Listener {
    diary: Diary,
}

#[actor]
impl Listener {
    #[on(Told)]
    fn told(&mut self, context: &mut Context<Self>) {
        let group = context.group().map_or("none", EventGroup::name);
        self.diary.write(format!("told in {group}"));
    }
}

struct Asked {
    listener: ActorId,
    diary: Diary,
}

#[actor]
impl Asked {
    #[on(Ask)]
    async fn ask(&mut self, context: &mut Context<Self>, Ask(plan): Ask) {
        match plan {
            Plan::Forward => context.send(&self.listener, Told),
            Plan::ForwardWithOptions => {
                context.send_with(&self.listener, Told, SendOptions::new().must_handle())
            }
            Plan::ForwardInNone => context.send_with(&self.listener, Told, SendOptions::new().in_no_group()),
            Plan::ForwardIn => {
                let group = EventGroup::new("another");
                context.send_with(&self.listener, Told, SendOptions::new().in_group(&group));
            }
            Plan::Change => {
                context.set_group(Some(EventGroup::new("changed")));
                context.send(&self.listener, Told);
            }
            Plan::Raise => context.raise(Told),
            Plan::Complete => {
                let done = context.group().is_some_and(|group| group.complete(42_u32));
                let again = context.group().is_some_and(|group| group.complete(43_u32));
                self.diary.write(format!("{done} {again}"));
            }
            Plan::Receive => {
                let Told = context.receive().await;
                let group = context.group().map_or("none", EventGroup::name).to_owned();
                self.diary.write(format!("received in {group}"));
            }
        }
    }

    #[on(Told)]
    fn told(&mut self, context: &mut Context<Self>) {
        let group = context.group().map_or("none", EventGroup::name);
        self.diary.write(format!("told itself in {group}"));
    }
}

#[derive(Event)]
struct Open;

/// Puts off what it raises.
struct Putter {
    diary: Diary,
}

#[machine(Putter)]
enum PutterState {
    #[start]
    #[on(Ask, do = raise)]
    #[defer(Told)]
    #[on(Open, goto = Opened)]
    Closed,
    #[on(Told, do = told)]
    Opened,
}

impl Putter {
    fn raise(&mut self, context: &mut Context<Self>, _: Ask) {
        context.raise(Told);
    }

    fn told(&mut self, context: &mut Context<Self>) {
        let group = context.group().map_or("none", EventGroup::name);
        self.diary.write(format!("told in {group}"));
    }
}

/// Tells others whenever it has nothing to do.
struct Idler {
    listener: ActorId,
}

#[machine(Idler)]
enum IdlerState {
    #[start]
    #[idle(do = tell)]
    #[on(Told, do = tell)]
    #[on(Open, goto = Next)]
    First,
    #[entry(tell)]
    #[idle(do = tell)]
    Next,
}

impl Idler {
    fn tell(&mut self, context: &mut Context<Self>) {
        context.send(&self.listener, Told);
    }
}

fn asked(kit: &Kit) -> ActorId {
    let listener = kit.runtime.create(Listener { diary: kit.diary.clone() });
    kit.runtime.create(Asked { listener, diary: kit.diary.clone() })
}

fn ask(kit: &Kit, plan: Plan, group: &EventGroup) -> ActorId {
    let asked = asked(kit);
    kit.runtime.send_with(&asked, Ask(plan), SendOptions::new().in_group(group));
    asked
}

rule! {
    what_is_sent_is_in_the_group_of_what_is_handled(kit) {
        ask(&kit, Plan::Forward, &EventGroup::new("g"));
        kit.expect(&["told in g"]).await;
    }

    what_is_sent_with_other_options_is_in_the_group(kit) {
        ask(&kit, Plan::ForwardWithOptions, &EventGroup::new("g"));
        kit.expect(&["told in g"]).await;
    }

    what_comes_from_outside_is_in_no_group(kit) {
        let asked = asked(&kit);
        kit.tell(&asked, Ask(Plan::Forward));
        kit.expect(&["told in none"]).await;
    }

    a_group_can_be_left(kit) {
        ask(&kit, Plan::ForwardInNone, &EventGroup::new("g"));
        kit.expect(&["told in none"]).await;
    }

    a_group_can_be_chosen(kit) {
        ask(&kit, Plan::ForwardIn, &EventGroup::new("g"));
        kit.expect(&["told in another"]).await;
    }

    a_group_can_be_changed(kit) {
        ask(&kit, Plan::Change, &EventGroup::new("g"));
        kit.expect(&["told in changed"]).await;
    }

    a_change_is_over_with_the_event(kit) {
        let asked = ask(&kit, Plan::Change, &EventGroup::new("g"));
        kit.tell(&asked, Ask(Plan::Forward));
        kit.expect(&["told in changed", "told in none"]).await;
    }

    what_is_raised_is_in_the_group(kit) {
        ask(&kit, Plan::Raise, &EventGroup::new("g"));
        kit.expect(&["told itself in g"]).await;
    }

    what_is_raised_and_deferred_keeps_its_group(kit) {
        let putter = kit.runtime.create(Putter { diary: kit.diary.clone() });
        let group = EventGroup::new("g");
        kit.runtime.send_with(&putter, Ask(Plan::Raise), SendOptions::new().in_group(&group));
        kit.runtime.send_with(&putter, Ask(Plan::Raise), SendOptions::new().in_no_group());
        kit.tell(&putter, Open);
        kit.expect(&["told in g", "told in none"]).await;
    }

    what_is_received_brings_its_group(kit) {
        let asked = ask(&kit, Plan::Receive, &EventGroup::new("g"));
        kit.runtime.send_with(&asked, Told, SendOptions::new().in_group(&EventGroup::new("other")));
        kit.expect(&["received in other"]).await;
    }

    a_group_can_be_awaited(kit) {
        let (group, result) = EventGroup::awaited::<u32>("g");
        ask(&kit, Plan::Complete, &group);
        assert_eq!(result.await, 42);
        assert!(group.is_complete());
        kit.expect(&["true false"]).await;
    }

    being_idle_is_in_no_group(kit) {
        let listener = kit.runtime.create(Listener { diary: kit.diary.clone() });
        let idler = kit.runtime.create(Idler { listener });
        kit.runtime.quiescent().await;
        kit.runtime.send_with(&idler, Told, SendOptions::new().in_group(&EventGroup::new("g")));
        kit.expect(&["told in none", "told in g", "told in none"]).await;
    }

    an_entry_action_is_in_the_group_of_the_event_that_leads_there(kit) {
        let listener = kit.runtime.create(Listener { diary: kit.diary.clone() });
        let idler = kit.runtime.create(Idler { listener });
        kit.runtime.quiescent().await;
        kit.runtime.send_with(&idler, Open, SendOptions::new().in_group(&EventGroup::new("g")));
        kit.expect(&["told in none", "told in g", "told in none"]).await;
    }

    a_group_without_a_result_cannot_be_completed(kit) {
        let group = EventGroup::new("g");
        ask(&kit, Plan::Complete, &group);
        kit.expect(&["false false"]).await;
        assert!(!group.is_complete());
    }

    groups_are_told_apart_by_identity(kit) {
        let (one, two) = (EventGroup::new("g"), EventGroup::new("g"));
        assert!(one == one.clone() && one != two);
        kit.expect(&[]).await;
    }
}
