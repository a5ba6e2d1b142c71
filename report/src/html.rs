//! The page: one file with everything in it. It asks for nothing from anywhere.

use std::fmt::Write;

use crate::json;
use crate::model::Recorded;
use crate::text;

const PAGE: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/page.css");
/// In this order; they share one scope.
const SCRIPTS: [&str; 5] = [
    include_str!("page/model.js"),
    include_str!("page/timeline.js"),
    include_str!("page/panel.js"),
    include_str!("page/views.js"),
    include_str!("page/main.js"),
];

/// Returns the page.
pub fn page(recorded: &Recorded) -> String {
    let words = json::to_string(&text::full(recorded));
    let title = format!("{}: {}", recorded.end.kind, recorded.test);
    let mut page = String::new();
    // Piece by piece, so that nothing in what is put in is taken for a gap.
    let mut rest = PAGE;
    while let Some((before, after)) = rest.split_once("{{") {
        let (gap, after) = after.split_once("}}").expect("gaps of the page are closed");
        page.push_str(before);
        match gap {
            "title" => page.push_str(&escape(&title)),
            "style" => page.push_str(STYLE),
            "data" => page.push_str(&in_script(&recorded.to_json())),
            "words" => page.push_str(&in_script(&words)),
            "script" => SCRIPTS.iter().for_each(|script| page.push_str(script)),
            gap => unreachable!("the page has no gap {gap}"),
        }
        rest = after;
    }
    page.push_str(rest);
    page
}

/// Makes JSON fit for a `<script>`: nothing in it may end that, or begin a comment.
fn in_script(json: &str) -> String {
    json.replace('<', "\\u003c")
}

/// Returns text as HTML, or XML.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => {
                let _ = write!(escaped, "&#{};", u32::from(c));
            }
            // Not allowed in XML at all.
            c if c.is_control() => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}
