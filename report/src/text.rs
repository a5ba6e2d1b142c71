//! The report in words: a first screen that is enough to understand, then the details.

mod actors;
mod details;
mod explanation;
mod first;

pub(crate) use first::table_within;

use crate::model::Recorded;

/// Whether text may contain escape sequences for colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// Text alone.
    #[default]
    Plain,
    /// For a terminal.
    Coloured,
}

impl Style {
    fn paint(self, code: &str, text: &str) -> String {
        match self {
            Style::Plain => text.to_owned(),
            Style::Coloured => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }

    fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }

    fn red(self, text: &str) -> String {
        self.paint("1;31", text)
    }

    fn dim(self, text: &str) -> String {
        self.paint("2", text)
    }
}

/// The lines of a screen.
const SCREEN: usize = 50;

/// Returns the report for the console: what went wrong, the places that matter, where every task is, how to
/// see it again; then as much of the interleaving as one screen has room for.
pub fn console(recorded: &Recorded, style: Style) -> String {
    let mut text = first::screen(recorded, style);
    let left = SCREEN.saturating_sub(text.lines().count() + 2);
    text.push_str(&details::end_of_interleaving(recorded, left.max(8), style));
    text.push_str(&details::end_of_output(recorded, 20, style));
    text
}

/// Returns the report for a file: the first screen, then every step and all that is known besides.
pub fn full(recorded: &Recorded) -> String {
    let style = Style::Plain;
    let mut text = first::screen(recorded, style);
    text.push_str(&details::all(recorded, style));
    text
}

/// Returns the first screen alone.
pub fn first_screen(recorded: &Recorded, style: Style) -> String {
    first::screen(recorded, style)
}
