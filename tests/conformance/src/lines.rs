//! Tokens as text in which every token stays on the line it was on.
//!
//! A failure in a rewritten test then names the line of tokio's own file.

use proc_macro2::{Delimiter, Spacing, Span, TokenStream, TokenTree};

/// Prints tokens, each on the line its span begins on; one without a place of its own, or with one
/// further up, follows its predecessor.
pub(crate) fn print(tokens: TokenStream) -> String {
    let mut printer = Printer { text: String::new(), line: 1, joint: true };
    printer.tokens(tokens);
    printer.text.push('\n');
    printer.text
}

struct Printer {
    text: String,
    line: usize,
    /// Whether the next token belongs to the one before.
    joint: bool,
}

impl Printer {
    fn tokens(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => {
                    let (open, close) = match group.delimiter() {
                        Delimiter::Parenthesis => ("(", ")"),
                        Delimiter::Brace => ("{", "}"),
                        Delimiter::Bracket => ("[", "]"),
                        // Groups that stand for nothing keep `a + b` together in `(a + b) * c`.
                        Delimiter::None if is_lone(&group.stream()) => ("", ""),
                        Delimiter::None => ("(", ")"),
                    };
                    self.word(open, group.span_open());
                    self.tokens(group.stream());
                    self.word(close, group.span_close());
                }
                TokenTree::Punct(punct) => {
                    self.word(&punct.as_char().to_string(), punct.span());
                    self.joint = punct.spacing() == Spacing::Joint;
                }
                token => self.word(&token.to_string(), token.span()),
            }
        }
    }

    fn word(&mut self, word: &str, span: Span) {
        let line = span.start().line;
        if line > self.line {
            self.text.extend(std::iter::repeat_n('\n', line - self.line));
            self.line = line;
        } else if !self.joint {
            self.text.push(' ');
        }
        self.joint = false;
        self.text.push_str(word);
        self.line += word.matches('\n').count();
    }
}

/// Whether it is a single token, or a path.
fn is_lone(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().all(|token| match token {
        TokenTree::Punct(punct) => matches!(punct.as_char(), ':' | '<' | '>' | '&' | '\''),
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_stay_on_their_lines() {
        let source = "fn f<'a>(x: &'a u8)\n{\n\n    let y = \"a\nb\"; x.g(..=3)\n}\n";
        let tokens: TokenStream = source.parse().expect("rust");
        let printed = print(tokens.clone());
        let place = |text: &str, word: &str| text.lines().position(|line| line.contains(word));
        for word in ["fn", "{", "let", "g", "}"] {
            assert_eq!(place(&printed, word), place(source, word), "{word} in {printed}");
        }
        let again: TokenStream = printed.parse().expect("rust");
        assert_eq!(again.to_string(), tokens.to_string());
    }
}
