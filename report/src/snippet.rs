//! Marked places as source snippets.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::causes::Mark;
use crate::model::{File, Index, Place, Recorded, Run};
use crate::text::Style;
use crate::view::shorten;

/// Renders the places, file by file, the one of the primary mark first. Places whose source is not known
/// are listed.
pub(crate) fn render(recorded: &Recorded, marks: &[Mark], style: Style) -> String {
    let mut files: Vec<Index> = Vec::new();
    let mut unknown = String::new();
    let by_rank =
        marks.iter().filter(|mark| mark.is_primary).chain(marks.iter().filter(|mark| !mark.is_primary));
    for mark in by_rank {
        let Some(at) = recorded.places.get(mark.place as usize) else { continue };
        if recorded.line(at.file, at.line).is_none() {
            let place = recorded.place_name(Some(mark.place));
            unknown.push_str(&format!("  --> {place}\n      {}\n", mark.label()));
        } else if !files.contains(&at.file) {
            files.push(at.file);
        }
    }
    let mut snippets = Vec::new();
    for file in files {
        let File { path, runs } = &recorded.files[file as usize];
        // A snippet shows one piece of text, so marks in runs apart become snippets apart.
        for run in runs {
            let annotations: Vec<_> = marks
                .iter()
                .filter_map(|mark| {
                    let at = recorded.places.get(mark.place as usize).filter(|at| at.file == file)?;
                    let span = span(run, at)?;
                    let kind =
                        if mark.is_primary { AnnotationKind::Primary } else { AnnotationKind::Context };
                    Some(mark.labels.iter().map(move |label| kind.span(span.clone()).label(label.as_str())))
                })
                .flatten()
                .collect();
            if !annotations.is_empty() {
                let source = run.lines.join("\n");
                snippets.push(
                    Snippet::source(source)
                        .line_start(run.first as usize)
                        .path(shorten(path))
                        .annotations(annotations),
                );
            }
        }
    }
    if snippets.is_empty() {
        return unknown;
    }
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    let group = Group::with_level(Level::ERROR).elements(snippets);
    let mut text = renderer.render(&[group]);
    text.push('\n');
    text + &unknown
}

/// Returns the bytes of a run's text, its lines joined, that the word at a place takes.
fn span(run: &Run, at: &Place) -> Option<Range<usize>> {
    let line = at.line.checked_sub(run.first)? as usize;
    let text = run.lines.get(line)?;
    let start: usize = run.lines[..line].iter().map(|line| line.len() + 1).sum();
    let column = (at.column as usize).saturating_sub(1);
    let from = text.char_indices().nth(column).map_or(text.len(), |(byte, _)| byte);
    let rest = &text[from..];
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let word = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
    let word = if word == 0 { rest.chars().next().map_or(0, char::len_utf8) } else { word };
    Some(start + from..start + from + word)
}
