use coyote::spec;

struct Busy;
struct Idle;
struct Other;

#[spec::monitor]
enum Progress {
    #[start]
    #[cold]
    #[on(Busy, goto = Wroking)]
    Waiting,
    #[hot]
    #[cold]
    #[defer(Busy)]
    #[on(Idle, push = Waiting)]
    Working,
}

#[spec::monitor]
enum Acts {
    #[start]
    #[on(Busy, do = count)]
    Only,
}

#[spec::monitor]
enum Good {
    #[start]
    #[on(Busy, goto = Only)]
    Only,
}

fn main() {
    spec::monitor::<Good>(Other);
}
