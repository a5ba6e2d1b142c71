//! The page, in a real browser: it loads, steps, filters, and switches views. Skipped, with a word, where
//! there is no `chromium`.
#![allow(missing_docs)]

mod browser;
mod large;

use std::fs;
use std::path::{Path, PathBuf};

use browser::{Browser, Tab};
use coyote_report::{Recorded, html};

fn recording(name: &str) -> Recorded {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings").join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Recorded::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The folder for pages and screenshots.
fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("coyote-page");
    fs::create_dir_all(&folder).expect("target can be written to");
    folder
}

fn open(browser: &mut Browser, name: &str, recorded: &Recorded, hash: &str) -> Tab {
    let path = folder().join(format!("{name}.html"));
    fs::write(&path, html::page(recorded)).expect("target can be written to");
    let tab = browser.open(&format!("file://{}{hash}", path.display()));
    browser.until(&tab, "document.documentElement.dataset.ready !== undefined");
    tab
}

macro_rules! browser_or_skip {
    () => {
        match Browser::start() {
            Some(browser) => browser,
            None => {
                eprintln!("skipped: there is no chromium here");
                return;
            }
        }
    };
}

#[test]
fn the_page_loads_steps_filters_and_switches_views() {
    let mut browser = browser_or_skip!();
    let recorded = recording("v1-race.json");
    let tab = open(&mut browser, "race", &recorded, "#step=1&theme=light");
    let text = |browser: &mut Browser, id: &str| {
        browser.text(&tab, &format!("document.getElementById('{id}').innerText"))
    };

    assert_eq!(text(&mut browser, "message"), recorded.end.message.lines().next().unwrap());
    assert!(text(&mut browser, "card").starts_with(&format!("Step 1 of {}", recorded.steps.len())));

    // By key, by button, and to the next preemption.
    browser.key(&tab, "ArrowRight");
    browser.key(&tab, "ArrowRight");
    assert!(text(&mut browser, "card").starts_with("Step 3 "));
    browser.evaluate(&tab, "document.getElementById('previous').click()");
    assert!(text(&mut browser, "card").starts_with("Step 2 "));
    browser.key(&tab, "p");
    let (at, held_up) =
        recorded.steps.iter().enumerate().find_map(|(at, step)| Some((at, step.preempted.clone()?))).unwrap();
    let card = text(&mut browser, "card");
    assert!(card.starts_with(&format!("Step {} ", at + 1)), "{card}");
    assert!(card.contains("is held up before"), "{card}");

    // The source at the cursor is that of the step.
    browser.key(&tab, "ArrowLeft");
    let here = browser.text(&tab, "document.querySelector('.source .here')?.innerText ?? ''");
    let place = recorded.places[recorded.steps[at - 1].place.unwrap() as usize];
    assert!(here.trim_start().starts_with(&place.line.to_string()), "{here}");

    // The cursor is in the address, so that it can be passed on.
    browser.until(&tab, &format!("location.hash.includes('step={at}')"));

    // A filter leaves the tasks that match.
    let name = &recorded.tasks[held_up.task as usize].name;
    browser.evaluate(&tab, &format!("app.setFilter('{name}')"));
    assert_eq!(browser.text(&tab, "String(app.rows.length)"), "1");
    browser.key(&tab, "Escape");
    assert_eq!(browser.text(&tab, "String(app.rows.length)"), (recorded.tasks.len() - 1).to_string());

    // Of an object, its lane and those who use it.
    let object = recorded.objects.iter().find(|object| object.name.starts_with("Mutex")).expect("a lock");
    browser.evaluate(&tab, &format!("app.setFilter('{}')", object.name));
    assert_eq!(
        browser.text(&tab, "app.objectRows.map((at) => app.model.objectName(at)).join()"),
        object.name
    );
    let holders = "app.model.holdsOf(app.objectRows[0]).held.map((span) => span.said).join()";
    assert_eq!(browser.text(&tab, holders), "main/1,main/1,main", "who has it after whom");
    browser.key(&tab, "Escape");

    // Light and dark.
    browser.key(&tab, "t");
    assert_eq!(browser.text(&tab, "document.documentElement.dataset.theme"), "dark");
    browser.key(&tab, "t");
    assert_eq!(browser.text(&tab, "document.documentElement.dataset.theme"), "light");

    // Views.
    browser.evaluate(&tab, "document.getElementById('tab-steps').click()");
    assert_eq!(browser.text(&tab, "document.getElementById('view-timeline').hidden + ''"), "true");
    let rows = browser.text(&tab, "String(document.querySelectorAll('#steps .row').length)");
    assert!(rows.parse::<usize>().unwrap() > 3, "{rows} rows");
    browser.key(&tab, "1");
    assert_eq!(browser.text(&tab, "document.getElementById('view-timeline').hidden + ''"), "false");
    browser.evaluate(&tab, "document.getElementById('tab-report').click()");
    assert!(text(&mut browser, "report").contains("it takes"), "the report in words is there");

    // An actor's state and inbox are those at the cursor, and what it did leads to the step.
    let tab = open(&mut browser, "actors", &recording("v1-actor.json"), "#step=15&view=actors");
    let machine = "document.querySelector('[data-actor=\"Machine(0)\"]').innerText";
    let text = browser.text(&tab, machine);
    assert!(text.contains("machine, in Ready\nhandles Clean\ninbox 1\nOrder\n"), "{text}");
    browser.evaluate(&tab, "document.querySelector('[data-actor=\"Machine(0)\"] .events button').click()");
    assert!(browser.text(&tab, "document.getElementById('card').innerText").starts_with("Step 14 "));

    // Everything that can be used has a name, and nothing was asked of the network.
    let nameless = browser.text(
        &tab,
        "String([...document.querySelectorAll('button, input, [role]')].filter((e) => !(e.innerText || e.getAttribute('aria-label') || e.getAttribute('aria-labelledby') || e.labels?.length || e.id === 'live' || e.getAttribute('role') === 'option')).map((e) => e.outerHTML).join(' '))",
    );
    assert_eq!(nameless, "");
    assert_eq!(browser.text(&tab, "String(performance.getEntriesByType('resource').length)"), "0");
    assert_eq!(browser.text(&tab, "(window.problems || []).join(' ')"), "");
}

#[test]
fn what_is_drawn_can_be_seen() {
    let mut browser = browser_or_skip!();
    for (name, file, hash) in [
        ("race", "v1-race.json", "#theme=light"),
        ("race-dark", "v1-race.json", "#theme=dark"),
        ("deadlock", "v1-deadlock.json", "#theme=light"),
        ("shrunk", "v1-race.json", "#view=schedule&theme=light"),
        ("steps", "v1-deadlock.json", "#view=steps&theme=light"),
        ("actor", "v1-actor.json", "#theme=light"),
        ("actors", "v1-actor.json", "#view=actors&theme=light"),
    ] {
        let tab = open(&mut browser, name, &recording(file), hash);
        let picture = browser.screenshot(&tab);
        assert!(picture.starts_with(b"\x89PNG") && picture.len() > 10_000, "{name}: {} bytes", picture.len());
        fs::write(folder().join(format!("{name}.png")), picture).expect("target can be written to");
    }
    // Lanes are drawn in more than the two colours of an empty canvas.
    let tab = open(&mut browser, "race", &recording("v1-race.json"), "#theme=light");
    browser.until(
        &tab,
        "(() => { const c = document.getElementById('canvas'), d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data, s = new Set(); for (let i = 0; i < d.length; i += 4) s.add(d[i] << 16 | d[i + 1] << 8 | d[i + 2]); return s.size > 20; })()",
    );
}

#[test]
fn a_large_page_stays_usable() {
    let recorded = large::recorded(10_000, 200);
    assert_eq!(Recorded::parse(&recorded.to_json()).expect("what is written can be read"), recorded);
    let page = html::page(&recorded);
    assert!(page.len() <= 5 << 20, "the page has {} bytes", page.len());
    let mut browser = browser_or_skip!();
    let tab = open(&mut browser, "large", &recorded, "#theme=light");
    let opened = browser.text(&tab, "document.documentElement.dataset.ready");
    eprintln!("the page of 10,000 steps and 200 tasks has {} bytes and opens in {opened} ms", page.len());
    eprintln!(
        "{} of that, {}",
        browser.text(&tab, "document.documentElement.dataset.built"),
        browser.text(&tab, "JSON.stringify(app.laps)")
    );
    let stepped = browser.text(
        &tab,
        "(() => { const from = performance.now(); for (let i = 0; i < 100; i++) { app.go(i * 97); app.timeline.paint(); } return ((performance.now() - from) / 100).toFixed(1); })()",
    );
    eprintln!("a jump takes {stepped} ms");
    fs::write(folder().join("large.png"), browser.screenshot(&tab)).expect("target can be written to");
    // What is not seen is not in the document.
    browser.evaluate(&tab, "app.setView('steps')");
    let nodes = browser.text(&tab, "String(document.querySelectorAll('*').length)");
    assert!(nodes.parse::<usize>().unwrap() < 3_000, "{nodes} elements");
}
