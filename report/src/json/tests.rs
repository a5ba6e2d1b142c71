use std::collections::BTreeMap;

use super::read::DEPTH;
use super::{FromJson, JsonError, Reader, from_str, names, plain, to_string};

#[derive(Clone, Debug, Default, PartialEq)]
struct Outer {
    text: String,
    kind: Kind,
    counts: BTreeMap<String, u32>,
    pairs: Vec<(String, String)>,
    maybe: Option<u64>,
    inner: Inner,
    flags: Vec<bool>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Inner {
    first: u64,
    second: Option<bool>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Kind {
    #[default]
    One,
    Other,
}

names! {
    Kind { One: "one", Other: "the other" }
}

plain! {
    Outer { text, kind, counts, pairs; omits maybe, flags; within inner }
    Inner { first; omits second }
}

fn full() -> Outer {
    Outer {
        text: "a\"\\\u{1f980}\u{7}".to_owned(),
        kind: Kind::Other,
        counts: BTreeMap::from([(String::new(), 4), ("\n".to_owned(), u32::MAX)]),
        pairs: vec![(String::new(), "b".to_owned()), ("'".to_owned(), "/".to_owned())],
        maybe: Some(u64::MAX),
        inner: Inner { first: 7, second: Some(false) },
        flags: vec![true, false],
    }
}

#[test]
fn what_was_written_is_read() {
    for value in [Outer::default(), full()] {
        let text = to_string(&value);
        assert_eq!(from_str::<Outer>(&text).expect("it was written"), value, "{text}");
        for cut in (0..text.len()).filter(|&cut| text.is_char_boundary(cut)) {
            assert!(from_str::<Outer>(&text[..cut]).is_err(), "{}", &text[..cut]);
        }
    }
}

#[test]
fn others_read_the_same() {
    let theirs: serde_json::Value = serde_json::from_str(&to_string(&full())).expect("it is JSON");
    let expected = serde_json::json!({
        "first": 7, "second": false, "text": "a\"\\\u{1f980}\u{7}", "kind": "the other",
        "counts": { "": 4, "\n": u32::MAX }, "pairs": [["", "b"], ["'", "/"]], "maybe": u64::MAX,
        "flags": [true, false],
    });
    assert_eq!(theirs, expected);
}

#[test]
fn what_is_missing_is_the_default_and_what_is_unknown_is_skipped() {
    let text = r#"{"first":3,"new":[{"a":[1,-2.5e3,null,true,"\u0041"]}],"text":"b"}"#;
    let expected =
        Outer { text: "b".to_owned(), inner: Inner { first: 3, second: None }, ..Outer::default() };
    assert_eq!(from_str::<Outer>(text).expect("it has the shape"), expected);
    let least = r#"{"first":0,"text":"","kind":"one","counts":{},"pairs":[]}"#;
    assert_eq!(to_string(&Outer::default()), least);
}

#[test]
fn the_same_is_taken_and_refused_as_by_others() {
    let texts = [
        "0",
        "-0",
        "01",
        "1.",
        ".5",
        "1.5e+3",
        "1e",
        "-",
        "+1",
        "18446744073709551615",
        "NaN",
        "true",
        "tru",
        "truely",
        "null",
        "nul",
        "\"",
        "\"\\u0041\"",
        "\"\\ud83e\\udd80\"",
        "\"\\ud83e\"",
        "\"\\udd80\"",
        "\"\\u+041\"",
        "\"\\x\"",
        "\"\t\"",
        "\"\\u00e\u{e9}\"",
        "[",
        "[]",
        "[,]",
        "[1,]",
        "[1 2]",
        "[1,2] ",
        "[1]]",
        "{}",
        "{\"a\":1}",
        "{\"a\" : 1 , \"b\":{}}",
        "{\"a\":1,}",
        "{a:1}",
        "{1:1}",
        "{\"a\"}",
        "{\"a\":}",
        " ",
        "",
        "\u{feff}1",
        "1 // one",
    ];
    for text in texts {
        let ours = from_str::<Any>(text);
        let theirs = serde_json::from_str::<serde_json::Value>(text);
        assert_eq!(ours.is_ok(), theirs.is_ok(), "{text}: {ours:?}, {theirs:?}");
        if let Ok(serde_json::Value::String(theirs)) = theirs {
            assert_eq!(from_str::<String>(text).expect(text), theirs);
        }
    }
}

#[test]
fn errors_name_the_place() {
    let error = |text| from_str::<Vec<u32>>(text).expect_err(text).to_string();
    assert_eq!(error("[1,\n 2 3]"), "expected `,`, found '3' at line 2 column 4");
    assert_eq!(error("[1"), "expected `,`, found the end at line 1 column 3");
    assert_eq!(error("[1] 2"), "there is more after the value at line 1 column 5");
    assert_eq!(error("{}"), "expected `[`, found '{' at line 1 column 1");
    let number =
        |found: &str| format!("expected a whole number up to 4294967295, found {found} at line 1 column ");
    assert_eq!(error("[4294967296]"), number("4294967296") + "12");
    assert_eq!(error("[-1]"), number("-1") + "4");
    assert_eq!(error("[0.5]"), number("0.5") + "5");

    let error = |text| from_str::<Outer>(text).expect_err(text).to_string();
    assert_eq!(error(r#"{"kind":"two"}"#), r#""two" is none of ["one", "the other"] at line 1 column 14"#);
    assert_eq!(error(r#"{"pairs":[["a"]]}"#), "expected two strings, found 1 at line 1 column 16");
    assert_eq!(error(r#"{"text":null}"#), "expected a string, found 'n' at line 1 column 9");
    assert_eq!(error(r#"{"flags":[1]}"#), "expected `true` or `false`, found '1' at line 1 column 11");
    assert_eq!(error(r#"{"new":[}"#), "expected a value, found '}' at line 1 column 9");
}

#[test]
fn no_text_exhausts_the_stack() {
    let deep = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(from_str::<Any>(&deep(DEPTH)).is_ok());
    let error = from_str::<Any>(&deep(1_000_000)).expect_err("too deep");
    assert!(error.to_string().contains("more than 128"));
}

/// Whatever there is.
#[derive(Debug)]
struct Any;

impl FromJson for Any {
    fn read(from: &mut Reader<'_>) -> Result<Any, JsonError> {
        from.skip().map(|()| Any)
    }
}
