//! A browser without a window, driven through two pipes.

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

/// A browser. Ends with this, and after a while in any case.
pub(crate) struct Browser {
    child: Child,
    to: File,
    from: BufReader<File>,
    folder: PathBuf,
    last: u64,
}

/// A page that is open.
pub(crate) struct Tab {
    session: String,
}

impl Browser {
    /// Starts one; None if there is none.
    pub(crate) fn start() -> Option<Browser> {
        let mut asked = Command::new("chromium");
        asked.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
        if !asked.status().is_ok_and(|status| status.success()) {
            return None;
        }
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("coyote-page-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder for the browser");
        let (to, from) = (folder.join("to"), folder.join("from"));
        let made = Command::new("mkfifo").arg(&to).arg(&from).status();
        assert!(made.is_ok_and(|status| status.success()), "mkfifo makes pipes");
        // The shell gives the pipes the numbers that the browser reads from and writes to.
        let child = Command::new("timeout")
            .args([
                "120",
                "sh",
                "-c",
                "to=$1; from=$2; shift 2; exec chromium \"$@\" 3<\"$to\" 4>\"$from\"",
                "sh",
            ])
            .args([&to, &from])
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--hide-scrollbars",
                "--window-size=1500,900",
                "--remote-debugging-pipe",
            ])
            .arg(format!("--user-data-dir={}", folder.join("profile").display()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the browser starts");
        let to = OpenOptions::new().write(true).open(&to).expect("the browser's ear");
        let from = BufReader::new(File::open(&from).expect("the browser's mouth"));
        Some(Browser { child, to, from, folder, last: 0 })
    }

    fn call(&mut self, session: Option<&str>, method: &str, parameters: Value) -> Value {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": parameters });
        if let Some(session) = session {
            message["sessionId"] = json!(session);
        }
        self.to.write_all(format!("{message}\0").as_bytes()).expect("the browser listens");
        loop {
            let mut answer = Vec::new();
            self.from.read_until(0, &mut answer).expect("the browser answers");
            assert_eq!(answer.pop(), Some(0), "the browser has gone");
            let answer: Value = serde_json::from_slice(&answer).expect("the browser answers in JSON");
            if answer["id"] == json!(self.last) {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].clone();
            }
        }
    }

    /// Opens an address, and returns when the page is there.
    pub(crate) fn open(&mut self, address: &str) -> Tab {
        let target = self.call(None, "Target.createTarget", json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let session = self.call(None, "Target.attachToTarget", attach)["sessionId"]
            .as_str()
            .expect("a session")
            .to_owned();
        let tab = Tab { session };
        self.call(Some(&tab.session), "Page.enable", json!({}));
        let script =
            "window.problems = []; window.addEventListener('error', (e) => window.problems.push(e.message));";
        self.call(Some(&tab.session), "Page.addScriptToEvaluateOnNewDocument", json!({ "source": script }));
        self.call(Some(&tab.session), "Page.navigate", json!({ "url": address }));
        tab
    }

    /// Evaluates an expression.
    pub(crate) fn evaluate(&mut self, tab: &Tab, expression: &str) -> Value {
        let parameters = json!({ "expression": expression, "returnByValue": true });
        let result = self.call(Some(&tab.session), "Runtime.evaluate", parameters);
        assert!(result["exceptionDetails"].is_null(), "{expression}: {}", result["exceptionDetails"]);
        result["result"]["value"].clone()
    }

    /// Evaluates an expression to a string.
    pub(crate) fn text(&mut self, tab: &Tab, expression: &str) -> String {
        let value = self.evaluate(tab, expression);
        value.as_str().unwrap_or_else(|| panic!("{expression} is {value}, no string")).to_owned()
    }

    /// Asks until an expression is true.
    pub(crate) fn until(&mut self, tab: &Tab, expression: &str) {
        for _ in 0..600 {
            let safely = format!("(() => {{ try {{ return {expression}; }} catch {{ return false; }} }})()");
            if self.evaluate(tab, &safely) == json!(true) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        let problems = self.evaluate(tab, "(window.problems || []).join(' ')");
        panic!("{expression} does not come true: {problems}");
    }

    /// Presses a key and lets it go.
    pub(crate) fn key(&mut self, tab: &Tab, key: &str) {
        for kind in ["keyDown", "keyUp"] {
            let mut parameters = json!({ "type": kind, "key": key });
            if key.len() == 1 && kind == "keyDown" {
                parameters["text"] = json!(key);
            }
            self.call(Some(&tab.session), "Input.dispatchKeyEvent", parameters);
        }
    }

    /// Returns what can be seen, as a PNG.
    pub(crate) fn screenshot(&mut self, tab: &Tab) -> Vec<u8> {
        let _two_frames = self.call(
            Some(&tab.session),
            "Runtime.evaluate",
            json!({ "expression": "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))", "awaitPromise": true }),
        );
        let picture = self.call(Some(&tab.session), "Page.captureScreenshot", json!({ "format": "png" }));
        decode(picture["data"].as_str().expect("a picture"))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Decodes base 64.
fn decode(text: &str) -> Vec<u8> {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for digit in text.bytes().filter_map(digit) {
        bits = bits << 6 | u32::from(digit);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    bytes
}
