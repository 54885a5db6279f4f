//! The profile of a tunnel, as the protocol has it.

use std::path::PathBuf;

use serde::Deserialize;

#[derive(Deserialize)]
pub struct Profile {
    ssh: Server,
    auth: Auth,
    pub totp: Option<Totp>,
    jumps: Vec<Jump>,
    pub host_keys: HostKeys,
    pub target: Target,
    pub local: Local,
    pub keepalive: Keepalive,
}

#[derive(Clone, Deserialize)]
pub struct Server {
    pub host: String,
    port: Option<u16>,
    pub user: String,
    host_key_alias: Option<String>,
}

#[derive(Deserialize)]
struct Jump {
    #[serde(flatten)]
    server: Server,
    auth: Auth,
}

#[derive(Clone, Deserialize)]
#[serde(tag = "method", rename_all = "kebab-case")]
pub enum Auth {
    None,
    Password { password: String },
    Key { file: String, passphrase: Option<String> },
    Agent { socket: Option<String>, file: Option<String> },
    KeyboardInteractive { password: Option<String> },
}

#[derive(Deserialize)]
pub struct Totp {
    pub mode: String,
}

#[derive(Deserialize)]
pub struct HostKeys {
    pub file: String,
    pub unknown: String,
}

#[derive(Clone, Deserialize)]
#[serde(untagged)]
pub enum Target {
    Socket { path: String },
    Address { host: String, port: u16 },
}

#[derive(Deserialize)]
pub struct Local {
    pub host: Option<String>,
    pub port: u16,
}

#[derive(Deserialize)]
pub struct Keepalive {
    pub interval: Option<f64>,
    pub count: Option<usize>,
}

impl Server {
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(22)
    }

    /// Returns the name and the port under which its host key is stored; 22 is what russh leaves out.
    pub fn stored_as(&self) -> (&str, u16) {
        self.host_key_alias.as_deref().map_or((&self.host, self.port()), |alias| (alias, 22))
    }
}

impl Profile {
    /// Returns the servers on the way, each with its login.
    pub fn hops(&self) -> Vec<(Server, Auth)> {
        let jumps = self.jumps.iter().map(|jump| (jump.server.clone(), jump.auth.clone()));
        jumps.chain([(self.ssh.clone(), self.auth.clone())]).collect()
    }
}

/// Returns a path of the profile, below the home where it begins with ~/.
pub fn expand(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => path.into(),
    }
}
