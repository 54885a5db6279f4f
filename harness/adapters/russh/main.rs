//! An adapter for tunspec around russh: this file is the talk, profile.rs what is asked, tunnel.rs the tunnel.

mod profile;
mod tunnel;

use std::collections::HashMap;
use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use profile::Profile;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use tunnel::Tunnel;

const MANIFEST: &str = include_str!("../Cargo.toml");
const SUPPORTS: [&str; 14] = [
    "auth.password",
    "auth.key",
    "auth.agent",
    "auth.keyboard-interactive",
    "auth.none",
    "auth.certificate",
    "totp.prompt",
    "jump",
    "target.socket",
    "host-keys.ask",
    "host-keys.alias",
    "banner",
    "keepalive",
    "status",
];

type Answer = oneshot::Sender<Option<String>>;

static ASKED: AtomicU64 = AtomicU64::new(0);
static ANSWERS: LazyLock<Mutex<HashMap<u64, Answer>>> = LazyLock::new(Default::default);
static TUNNELS: LazyLock<Mutex<HashMap<String, Arc<Tunnel>>>> = LazyLock::new(Default::default);

#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Answer { answer: u64, value: Option<String> },
    Request { id: u64, r#do: String, tunnel: Option<String>, profile: Option<Box<Profile>> },
}

pub fn send(message: &Value) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{message}").and_then(|()| out.flush()).expect("standard output is closed");
}

/// Puts a question to the user and returns the answer, None for cancel.
pub async fn ask(mut question: Value) -> Option<String> {
    let number = ASKED.fetch_add(1, Ordering::Relaxed) + 1;
    let (answer, answered) = oneshot::channel();
    ANSWERS.lock().unwrap().insert(number, answer);
    question["ask"] = number.into();
    send(&question);
    answered.await.unwrap_or(None)
}

/// Returns the version of the library, which the manifest pins.
fn version() -> &'static str {
    MANIFEST.split("russh = \"=").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("unknown")
}

/// Returns the reply to a request, without its id.
async fn handle(what: &str, name: String, profile: Option<Box<Profile>>) -> Value {
    let known = TUNNELS.lock().unwrap().get(&name).cloned();
    match (what, profile, known) {
        ("hello", ..) => {
            let about = json!({"name": "russh", "version": version(), "language": "Rust"});
            json!({"ok": {"protocol": 1, "implementation": about, "supports": SUPPORTS}})
        }
        ("open", Some(profile), _) => {
            if profile.totp.as_ref().is_some_and(|totp| totp.mode == "generate") {
                return json!({"unsupported": "totp.generate"});
            }
            let tunnel = Tunnel::new(name.clone(), *profile);
            TUNNELS.lock().unwrap().insert(name, tunnel.clone());
            tunnel.open().await
        }
        ("close", _, Some(tunnel)) => {
            tunnel.close().await;
            json!({"ok": {}})
        }
        ("close", ..) => json!({"ok": {}}),
        ("status", _, Some(tunnel)) => tunnel.status(),
        ("status", ..) => {
            json!({"error": {"code": "bad-profile", "message": "there is no such tunnel; open it first"}})
        }
        ("bye", ..) => {
            let all: Vec<_> = TUNNELS.lock().unwrap().values().cloned().collect();
            for tunnel in all {
                tunnel.close().await;
            }
            json!({"ok": {}})
        }
        _ => json!({"unsupported": what}),
    }
}

/// Answers requests until bye or the end of the input. Each has a task of its own: none holds up another.
#[tokio::main]
async fn main() {
    let (heard, mut lines) = mpsc::unbounded_channel();
    std::thread::spawn(move || std::io::stdin().lines().map_while(Result::ok).try_for_each(|line| heard.send(line)));
    while let Some(line) = lines.recv().await {
        match serde_json::from_str(&line).expect("a line is no message of the protocol") {
            Line::Answer { answer, value } => {
                if let Some(waiting) = ANSWERS.lock().unwrap().remove(&answer) {
                    let _ = waiting.send(value); // nobody hears it whose tunnel is closed
                }
            }
            Line::Request { id, r#do: what, tunnel, profile } => {
                tokio::spawn(async move {
                    let mut reply = handle(&what, tunnel.unwrap_or_default(), profile).await;
                    reply["id"] = id.into();
                    send(&reply);
                    if what == "bye" {
                        std::process::exit(0);
                    }
                });
            }
        }
    }
    std::process::exit(0);
}
