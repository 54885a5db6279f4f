//! A tunnel as russh's documentation and examples show the parts of one: `client::connect` for the first server,
//! `client::connect_stream` over a channel for each further one, and a channel for each local connection.

use std::fmt::Display;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use russh::client::{self, AuthResult, Handle, KeyboardInteractiveAuthResponse, Prompt};
use russh::keys::agent::AgentIdentity;
use russh::keys::agent::client::AgentClient;
use russh::keys::known_hosts::{check_known_hosts_path, learn_known_hosts_path};
use russh::keys::{HashAlg, PrivateKey, PrivateKeyWithHashAlg, PublicKeyOrCertificate};
use russh::keys::{load_openssh_certificate, load_public_key, load_secret_key};
use russh::{Disconnect, MethodKind, MethodSet};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinHandle, JoinSet};

use crate::profile::{Auth, Profile, Server, Target, expand};
use crate::{ask, send};

type Error = Box<dyn std::error::Error + Send + Sync>;
type Session = Arc<Handle<Client>>;

const ENDED: &str = "the session has ended";
const LAST_WORD: Duration = Duration::from_secs(1);

pub struct Tunnel {
    name: String,
    profile: Profile,
    told: Mutex<Told>,
    life: Mutex<Option<(oneshot::Sender<()>, JoinHandle<()>)>>,
}

/// What tunspec is told of the tunnel.
struct Told {
    state: &'static str,
    error: Value,
    place: Value,
}

impl Tunnel {
    pub fn new(name: String, profile: Profile) -> Arc<Self> {
        let told = Mutex::new(Told { state: "new", error: Value::Null, place: json!({}) });
        Arc::new(Self { name, profile, told, life: Mutex::new(None) })
    }

    /// Returns the reply to an open, without its id.
    pub async fn open(self: Arc<Self>) -> Value {
        self.become_("connecting", Value::Null);
        let (opened, reply) = oneshot::channel();
        let (close, closed) = oneshot::channel();
        *self.life.lock().unwrap() = Some((close, tokio::spawn(self.clone().live(opened, closed))));
        let cancelled = json!({"code": "cancelled", "message": "the tunnel was closed while it opened"});
        reply.await.unwrap_or_else(|_| json!({"error": cancelled}))
    }

    pub async fn close(&self) {
        self.become_("closed", Value::Null);
        let life = self.life.lock().unwrap().take();
        if let Some((close, life)) = life {
            let _ = close.send(());
            let _ = life.await;
        }
    }

    pub fn status(&self) -> Value {
        let told = self.told.lock().unwrap();
        let mut ok = if told.state == "connected" { told.place.clone() } else { json!({}) };
        ok["state"] = told.state.into();
        ok["error"] = told.error.clone();
        json!({"ok": ok})
    }

    /// Takes a new state and tells it, unless the tunnel is closed.
    fn become_(&self, state: &'static str, error: Value) {
        let mut told = self.told.lock().unwrap();
        if told.state != "closed" && told.state != state {
            told.state = state;
            told.error = error.clone();
            send(&json!({"event": "state", "tunnel": self.name, "state": state, "error": error}));
        }
    }

    fn failed(&self, why: impl Display) -> Value {
        eprintln!("{}: {why}", self.name);
        let error = json!({"code": "internal", "message": why.to_string()});
        self.become_("failed", error.clone());
        json!({"error": error})
    }

    /// Runs the tunnel until it fails or is closed.
    async fn live(self: Arc<Self>, opened: oneshot::Sender<Value>, closed: oneshot::Receiver<()>) {
        let mut sessions = Vec::new();
        tokio::select! {
            _ = closed => {}
            () = self.work(&mut sessions, opened) => {}
        }
        let goodbyes = sessions.iter().rev().map(|session: &Session| {
            let session = session.clone();
            async move { session.disconnect(Disconnect::ByApplication, "", "English").await }
        });
        let _ = tokio::time::timeout(LAST_WORD, goodbyes.collect::<JoinSet<_>>().join_all()).await;
    }

    async fn work(self: &Arc<Self>, sessions: &mut Vec<Session>, opened: oneshot::Sender<Value>) {
        let (lost, mut losses) = mpsc::channel(1);
        let listener = match self.connect(sessions, lost).await {
            Ok(listener) => listener,
            Err(error) => {
                let _ = opened.send(self.failed(error));
                return;
            }
        };
        let place = listener.local_addr().map(|at| json!({"host": at.ip().to_string(), "port": at.port()}));
        let place = place.unwrap_or_default();
        self.told.lock().unwrap().place = place.clone();
        self.become_("connected", Value::Null);
        let _ = opened.send(json!({"ok": place}));
        let session = sessions.last().expect("a profile has a server").clone();
        tokio::select! {
            _ = self.forward_all(listener, session) => {}
            why = losses.recv() => drop(self.failed(why.as_deref().unwrap_or(ENDED))),
        }
    }

    /// Logs in at every server, and returns the listener.
    async fn connect(&self, sessions: &mut Vec<Session>, lost: mpsc::Sender<String>) -> Result<TcpListener, Error> {
        let defaults = client::Config::default();
        let config = Arc::new(client::Config {
            keepalive_interval: self.profile.keepalive.interval.filter(|it| *it > 0.0).map(Duration::from_secs_f64),
            keepalive_max: self.profile.keepalive.count.unwrap_or(defaults.keepalive_max),
            ..defaults
        });
        let hops = self.profile.hops();
        let last = hops.len() - 1;
        let keys: Vec<_> = hops.iter().map(|(_, auth)| read_key(auth)).collect::<Result<_, _>>()?;
        for (hop, ((server, auth), key)) in hops.into_iter().zip(keys).enumerate() {
            let there = (server.host.clone(), server.port());
            let client = Client {
                tunnel: self.name.clone(),
                hop,
                store: expand(&self.profile.host_keys.file),
                asks: self.profile.host_keys.unknown == "ask",
                server: server.clone(),
                lost: (hop == last).then(|| lost.clone()),
            };
            let mut session = match sessions.last() {
                None => client::connect(config.clone(), there, client).await?,
                Some(before) => {
                    let way = before.channel_open_direct_tcpip(there.0, there.1.into(), "127.0.0.1", 0).await?;
                    client::connect_stream(config.clone(), way.into_stream(), client).await?
                }
            };
            self.login(&mut session, hop, &server.user, auth, key).await?;
            sessions.push(Arc::new(session));
        }
        let local = &self.profile.local;
        Ok(TcpListener::bind((local.host.as_deref().unwrap_or("127.0.0.1"), local.port)).await?)
    }

    /// Logs in with what the profile has; what the server wants after it is asked of the user.
    async fn login(
        &self,
        session: &mut Handle<Client>,
        hop: usize,
        user: &str,
        auth: Auth,
        key: Option<Arc<PrivateKey>>,
    ) -> Result<(), Error> {
        let (result, password) = match auth {
            Auth::None => (session.authenticate_none(user).await?, None),
            Auth::Key { file, .. } => (key_login(session, user, &file, key.expect("a key was read")).await?, None),
            Auth::Agent { socket, file } => {
                (agent_login(session, user, socket.as_deref(), file.as_deref()).await?, None)
            }
            Auth::Password { password } if self.profile.totp.is_none() => {
                let result = session.authenticate_password(user, password.clone()).await?;
                let unread = not_offered(&result, MethodKind::Password);
                (result, unread.then_some(password))
            }
            Auth::Password { password } => (only(MethodKind::KeyboardInteractive), Some(password)),
            Auth::KeyboardInteractive { password } => (only(MethodKind::KeyboardInteractive), password),
        };
        match result {
            AuthResult::Success => Ok(()),
            AuthResult::Failure { remaining_methods, .. }
                if remaining_methods.contains(&MethodKind::KeyboardInteractive) =>
            {
                self.interactive(session, hop, user, password).await
            }
            AuthResult::Failure { remaining_methods, partial_success: true }
                if remaining_methods.contains(&MethodKind::Password) =>
            {
                let question =
                    json!({"tunnel": self.name, "kind": "prompt", "hop": hop, "text": "Password: ", "echo": false});
                let password = ask(question).await.ok_or("nobody gave the password")?;
                match session.authenticate_password(user, password).await? {
                    AuthResult::Success => Ok(()),
                    AuthResult::Failure { remaining_methods, .. } => Err(refused(&remaining_methods)),
                }
            }
            AuthResult::Failure { remaining_methods, .. } => Err(refused(&remaining_methods)),
        }
    }

    async fn interactive(
        &self,
        session: &mut Handle<Client>,
        hop: usize,
        user: &str,
        mut password: Option<String>,
    ) -> Result<(), Error> {
        let mut said = session.authenticate_keyboard_interactive_start(user, None).await?;
        loop {
            match said {
                KeyboardInteractiveAuthResponse::Success => return Ok(()),
                KeyboardInteractiveAuthResponse::Failure { remaining_methods, .. } => {
                    return Err(refused(&remaining_methods));
                }
                KeyboardInteractiveAuthResponse::InfoRequest { name, instructions, prompts } => {
                    let mut answers = Vec::new();
                    for prompt in prompts {
                        answers.push(match password.take_if(|_| asks_password(&prompt)) {
                            Some(password) => password,
                            None => {
                                let text = prompt.prompt.clone();
                                let question = json!({
                                    "tunnel": self.name, "kind": "prompt", "hop": hop, "name": name,
                                    "instruction": instructions, "text": text, "echo": prompt.echo,
                                });
                                ask(question).await.ok_or_else(|| format!("nobody answered {text:?}"))?
                            }
                        });
                    }
                    said = session.authenticate_keyboard_interactive_respond(answers).await?;
                }
            }
        }
    }

    async fn forward_all(&self, listener: TcpListener, session: Session) {
        let mut forwards = JoinSet::new();
        while let Ok((local, _)) = listener.accept().await {
            let (session, target) = (session.clone(), self.profile.target.clone());
            forwards.spawn(async move {
                if let Err(error) = forward(local, &session, target).await {
                    eprintln!("a connection has ended: {error}");
                }
            });
            while forwards.try_join_next().is_some() {}
        }
    }
}

async fn forward(mut local: TcpStream, session: &Handle<Client>, target: Target) -> Result<(), Error> {
    let channel = match target {
        Target::Socket { path } => session.channel_open_direct_streamlocal(path).await?,
        Target::Address { host, port } => {
            let from = local.peer_addr()?;
            let (address, number) = (from.ip().to_string(), from.port().into());
            session.channel_open_direct_tcpip(host, port.into(), address, number).await?
        }
    };
    tokio::io::copy_bidirectional(&mut local, &mut channel.into_stream()).await?;
    Ok(())
}

/// Returns the profile's private key, before anything is dialled; None where the login needs none.
fn read_key(auth: &Auth) -> Result<Option<Arc<PrivateKey>>, Error> {
    match auth {
        Auth::Key { file, passphrase } => Ok(Some(Arc::new(load_secret_key(expand(file), passphrase.as_deref())?))),
        _ => Ok(None),
    }
}

/// Offers the certificate beside the key, where that is one for this key, and then the key.
async fn key_login(
    session: &mut Handle<Client>,
    user: &str,
    file: &str,
    key: Arc<PrivateKey>,
) -> Result<AuthResult, Error> {
    if let Ok(certificate) = load_openssh_certificate(expand(&format!("{file}-cert.pub")))
        && certificate.public_key() == key.public_key().key_data()
        && let AuthResult::Success = session.authenticate_openssh_cert(user, key.clone(), certificate).await?
    {
        return Ok(AuthResult::Success);
    }
    let hash = session.best_supported_rsa_hash().await?.flatten();
    Ok(session.authenticate_publickey(user, PrivateKeyWithHashAlg::new(key, hash)).await?)
}

/// Offers the agent's keys, or the one whose public key is in `file`, until the server accepts one.
async fn agent_login(
    session: &mut Handle<Client>,
    user: &str,
    socket: Option<&str>,
    file: Option<&str>,
) -> Result<AuthResult, Error> {
    let mut agent = match socket {
        None => AgentClient::connect_env().await?,
        Some("1password") => {
            AgentClient::connect_uds(expand("~/Library/Group Containers/2BUA8C4S2C.com.1password/t/agent.sock")).await?
        }
        Some(path) => AgentClient::connect_uds(expand(path)).await?,
    };
    let wanted = file.map(|file| load_public_key(expand(file))).transpose()?;
    let hash = session.best_supported_rsa_hash().await?.flatten();
    let mut result = AuthResult::Failure { remaining_methods: MethodSet::empty(), partial_success: false };
    for identity in agent.request_identities().await? {
        if wanted.as_ref().is_some_and(|wanted| wanted.key_data() != identity.public_key().key_data()) {
            continue;
        }
        let hash = hash_for(&identity, hash);
        let tried = match identity {
            AgentIdentity::PublicKey { key, .. } => {
                session.authenticate_publickey_with(user, key, hash, &mut agent).await
            }
            AgentIdentity::Certificate { certificate, .. } => {
                session.authenticate_certificate_with(user, certificate, hash, &mut agent).await
            }
        };
        result = tried?;
        if result.success() {
            break;
        }
    }
    Ok(result)
}

/// Only signatures of RSA keys have a choice of hash.
fn hash_for(identity: &AgentIdentity, best: Option<HashAlg>) -> Option<HashAlg> {
    best.filter(|_| identity.public_key().algorithm().is_rsa())
}

/// Returns the result before any method, where one is to be used and no other.
fn only(method: MethodKind) -> AuthResult {
    AuthResult::Failure { remaining_methods: MethodSet::from(&[method][..]), partial_success: false }
}

fn not_offered(result: &AuthResult, method: MethodKind) -> bool {
    matches!(result, AuthResult::Failure { remaining_methods, partial_success: false }
        if !remaining_methods.contains(&method))
}

fn refused(remaining: &MethodSet) -> Error {
    let methods: Vec<&str> = remaining.iter().map(Into::into).collect();
    format!("the server refused the login; it goes on with: {}", methods.join(", ")).into()
}

fn asks_password(prompt: &Prompt) -> bool {
    let text = prompt.prompt.to_lowercase();
    let more = ["new", "again", "retype", "code"].iter().any(|word| text.contains(word));
    !prompt.echo && text.contains("password") && !more
}

/// What russh calls back for one server.
struct Client {
    tunnel: String,
    hop: usize,
    store: std::path::PathBuf,
    asks: bool,
    server: Server,
    lost: Option<mpsc::Sender<String>>,
}

impl client::Handler for Client {
    type Error = Error;

    async fn check_server_key(&mut self, shown: &PublicKeyOrCertificate) -> Result<bool, Error> {
        let key = shown.public_key();
        let (name, port) = self.server.stored_as();
        if check_known_hosts_path(name, port, &key, &self.store)? {
            return Ok(true);
        }
        if !self.asks {
            return Ok(false);
        }
        let question = json!({
            "tunnel": self.tunnel, "kind": "host-key", "hop": self.hop, "status": "unknown",
            "host": self.server.host, "port": self.server.port(),
            "type": key.algorithm().as_str(), "fingerprint": key.fingerprint(HashAlg::Sha256).to_string(),
        });
        if ask(question).await.as_deref() != Some("accept") {
            return Ok(false);
        }
        learn_known_hosts_path(name, port, &key, &self.store)?;
        Ok(true)
    }

    async fn auth_banner(&mut self, text: &str, _: &mut client::Session) -> Result<(), Error> {
        send(&json!({"event": "banner", "tunnel": self.tunnel, "hop": self.hop, "text": text}));
        Ok(())
    }

    async fn disconnected(&mut self, reason: client::DisconnectReason<Error>) -> Result<(), Error> {
        if let Some(lost) = &self.lost {
            let _ = lost.try_send(match reason {
                client::DisconnectReason::ReceivedDisconnect(said) if said.message.is_empty() => ENDED.to_owned(),
                client::DisconnectReason::ReceivedDisconnect(said) => said.message,
                client::DisconnectReason::Error(error) => error.to_string(),
            });
        }
        Ok(())
    }
}
