//! A chapter, taken apart.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// How links to files of the repository begin.
pub(crate) const REPOSITORY: &str = "https://github.com/coyote-rs/coyote/tree/main/";

/// A fenced block.
pub(crate) struct Block {
    pub(crate) language: String,
    pub(crate) text: String,
}

/// A row of a table: the heading that it is under, and code in its cells, each with the number of the column.
struct Row {
    heading: String,
    codes: Vec<(usize, String)>,
}

/// What the tests ask of a chapter.
pub(crate) struct Chapter {
    pub(crate) file: String,
    pub(crate) blocks: Vec<Block>,
    /// Targets of links.
    pub(crate) links: Vec<String>,
    /// What headings are called in links.
    pub(crate) anchors: Vec<String>,
    /// Code in running text and in tables.
    pub(crate) inline: Vec<String>,
    rows: Vec<Row>,
}

/// Returns all chapters.
pub(crate) fn chapters() -> Vec<Chapter> {
    let folder = fs::read_dir(folder()).expect("docs/src is there");
    let names =
        folder.map(|entry| entry.expect("a readable entry").file_name().into_string().expect("a name"));
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".md") && name != "SUMMARY.md").collect();
    names.sort();
    names.iter().map(|name| Chapter::read(name)).collect()
}

/// Returns the source of a chapter.
pub(crate) fn source(file: &str) -> String {
    let path = folder().join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))
}

impl Chapter {
    /// Reads a file of the book.
    pub(crate) fn read(file: &str) -> Chapter {
        let mut chapter = Chapter {
            file: file.to_owned(),
            blocks: Vec::new(),
            links: Vec::new(),
            anchors: Vec::new(),
            inline: Vec::new(),
            rows: Vec::new(),
        };
        let text = source(file);
        let (mut heading, mut in_heading, mut in_block) = (String::new(), false, false);
        // Which cell of a table's row this is, from 1.
        let mut cell = 0;
        for event in Parser::new_ext(&text, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Heading { level, .. }) => {
                    assert!(level <= HeadingLevel::H3, "{file}: headings have at most three levels");
                    heading.clear();
                    in_heading = true;
                }
                Event::End(TagEnd::Heading(_)) => {
                    chapter.anchors.push(anchor(&heading));
                    in_heading = false;
                }
                Event::Start(Tag::CodeBlock(kind)) => {
                    let language = match kind {
                        CodeBlockKind::Fenced(language) => language.into_string(),
                        CodeBlockKind::Indented => String::new(),
                    };
                    chapter.blocks.push(Block { language, text: String::new() });
                    in_block = true;
                }
                Event::End(TagEnd::CodeBlock) => in_block = false,
                Event::Start(Tag::Link { dest_url, .. }) => chapter.links.push(dest_url.into_string()),
                Event::Start(Tag::TableRow) => {
                    chapter.rows.push(Row { heading: heading.clone(), codes: Vec::new() });
                    cell = 0;
                }
                Event::End(TagEnd::TableRow) => cell = 0,
                Event::Start(Tag::TableCell) => cell += 1,
                Event::Code(code) => {
                    if in_heading {
                        heading.push_str(&code);
                    }
                    if cell > 0
                        && let Some(row) = chapter.rows.last_mut()
                    {
                        row.codes.push((cell, code.to_string()));
                    }
                    chapter.inline.push(code.into_string());
                }
                Event::Text(text) if in_heading => heading.push_str(&text),
                Event::Text(text) if in_block => {
                    chapter.blocks.last_mut().expect("a block was begun").text.push_str(&text);
                }
                _ => {}
            }
        }
        chapter
    }

    /// Returns what the tables under a heading list: code in the first column, `key` of `key = value` and `key(…)`
    /// of attributes.
    pub(crate) fn keys_of_table(&self, heading: &str) -> BTreeSet<String> {
        let key = |code: String| {
            let key = code.split(" = ").next().unwrap_or(&code);
            key.strip_suffix("(A, B)").unwrap_or(key).to_owned()
        };
        self.keys_of_column(heading, 1).into_iter().map(key).collect()
    }

    /// Returns the code in a column, from 1, of the tables under a heading.
    pub(crate) fn keys_of_column(&self, heading: &str, column: usize) -> BTreeSet<String> {
        let heading = heading.replace('`', "");
        let rows = self.rows.iter().filter(|row| row.heading == heading);
        let codes = rows.flat_map(|row| &row.codes).filter(|(cell, _)| *cell == column);
        codes.map(|(_, code)| code.clone()).collect()
    }
}

/// Returns what mdBook calls a heading in links.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}
