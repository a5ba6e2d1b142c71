use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{from_str, to_string};

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Plain {
    kind: Kind,
    counts: BTreeMap<String, i32>,
    pairs: Vec<(String, Option<f64>)>,
    letter: char,
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
enum Kind {
    #[default]
    Unit,
    New(u64),
    Two(bool, String),
    Named {
        field: Vec<()>,
    },
}

#[test]
fn what_was_written_is_read() {
    let kinds = [
        Kind::Unit,
        Kind::New(u64::MAX),
        Kind::Two(true, "a\"\\\u{1f980}\u{7}".to_owned()),
        Kind::Named { field: vec![(), ()] },
    ];
    for kind in kinds {
        let plain = Plain {
            kind,
            counts: BTreeMap::from([(String::new(), -4), ("b".to_owned(), i32::MAX)]),
            pairs: vec![(String::new(), None), ("\n".to_owned(), Some(-0.25))],
            letter: '\'',
        };
        let text = to_string(&plain);
        assert_eq!(from_str::<Plain>(&text).expect("it was written"), plain, "{text}");
        let theirs: Plain = serde_json::from_str(&text).expect("it is JSON");
        assert_eq!(theirs, plain);
        assert_eq!(serde_json::to_string(&plain).expect("it is plain"), text);
        for cut in (0..text.len()).filter(|&cut| text.is_char_boundary(cut)) {
            assert!(from_str::<Plain>(&text[..cut]).is_err(), "{}", &text[..cut]);
        }
    }
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
        "1e999",
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
        let theirs = serde_json::from_str::<Any>(text);
        match (ours, theirs) {
            (Ok(ours), Ok(theirs)) => assert_eq!(ours, theirs, "{text}"),
            (Err(_), Err(_)) => {}
            (ours, theirs) => panic!("{text}: {ours:?}, {theirs:?}"),
        }
    }
}

#[test]
fn errors_name_the_place() {
    let error = |text| from_str::<Vec<u8>>(text).expect_err(text).to_string();
    assert_eq!(error("[1,\n 2 3]"), "expected `,`, found '3' at line 2 column 4");
    assert_eq!(error("[1"), "expected `,`, found the end at line 1 column 3");
    assert_eq!(error("[1] 2"), "there is more after the value at line 1 column 5");
    assert!(error("[300]").starts_with("invalid value: integer `300`, expected u8 at line 1"));
    assert!(error("{}").starts_with("invalid type: map, expected a sequence"));
}

#[test]
fn no_text_exhausts_the_stack() {
    let deep = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(from_str::<Any>(&deep(super::read::DEPTH)).is_ok());
    let error = from_str::<Any>(&deep(1_000_000)).expect_err("too deep");
    assert!(error.to_string().contains("more than 128"));
}

/// Whatever there is.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Any {
    Null,
    Bool(bool),
    Whole(u64),
    Negative(i64),
    Float(f64),
    Text(String),
    List(Vec<Any>),
    Map(BTreeMap<String, Any>),
}
