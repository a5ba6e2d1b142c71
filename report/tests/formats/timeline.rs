use std::collections::BTreeMap;

use coyote_report::perfetto;
use serde_json::Value;

use crate::{ALL, recording};

/// The rules of the Trace Event format that concern the events written here.
#[test]
fn the_timeline_keeps_to_the_trace_event_format() {
    for name in ALL {
        let recorded = recording(name);
        let timeline: Value = serde_json::from_str(&perfetto::timeline(&recorded)).expect("JSON");
        let events = timeline["traceEvents"].as_array().expect("events");
        let mut flows: BTreeMap<u64, Vec<(String, f64)>> = BTreeMap::new();
        let mut steps = 0;
        for event in events {
            let phase = event["ph"].as_str().expect("a phase");
            assert!(event["name"].is_string() && event["pid"].is_u64(), "{event}");
            match phase {
                "M" => {
                    assert!(event["args"].is_object(), "{event}");
                    continue;
                }
                "X" => {
                    steps += 1;
                    assert!(event["dur"].as_f64().expect("a duration") > 0.0, "{event}");
                }
                "i" => assert!(["g", "p", "t"].contains(&event["s"].as_str().expect("a scope")), "{event}"),
                "C" => {
                    let values = event["args"].as_object().expect("values");
                    assert!(values.values().all(Value::is_number), "{event}");
                }
                "s" | "f" => {
                    let id = event["id"].as_u64().expect("an id");
                    flows
                        .entry(id)
                        .or_default()
                        .push((phase.to_owned(), event["ts"].as_f64().expect("a time")));
                }
                other => panic!("{other} is not written here: {event}"),
            }
            assert!(event["ts"].is_number(), "{event}");
            assert!(phase == "C" || event["tid"].is_u64(), "{event}");
        }
        assert_eq!(steps, recorded.steps.len());
        for (id, ends) in flows {
            let [(start, from), (finish, to)] = ends.as_slice() else {
                panic!("{name}: flow {id}: {ends:?}")
            };
            assert!(start == "s" && finish == "f" && from < to, "{name}: flow {id}: {ends:?}");
        }
    }
}
