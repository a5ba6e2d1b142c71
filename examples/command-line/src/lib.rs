//! What the programs that come in several editions have in common: a command line that asks for one of them, and
//! Enter, which ends them.

mod edition;
mod enter;

pub use edition::edition;
pub use enter::enter;
