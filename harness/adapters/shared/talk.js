// The talk with tunspec, for adapters around Node libraries: needs nothing but Node, and knows no SSH.
"use strict";
const os = require("node:os");
const path = require("node:path");
const readline = require("node:readline");

const CANCELLED = { code: "cancelled", message: "the tunnel was closed while it opened" };
const tunnels = new Map();
const answers = new Map();
let asked = 0;

const send = (message) => process.stdout.write(JSON.stringify(message) + "\n");

// Puts a question to the user; resolves to the answer, null for cancel.
const ask = (question) =>
  new Promise((resolve) => {
    answers.set(++asked, resolve);
    send({ ask: asked, ...question });
  });

// Returns a path of the profile, below the home where it begins with ~/.
const expand = (file) => (file.startsWith("~/") ? path.join(os.homedir(), file.slice(2)) : file);

// Returns the path of the agent of a login.
const agentSocket = ({ socket }) => {
  if (socket === "1password") return expand("~/Library/Group Containers/2BUA8C4S2C.com.1password/t/agent.sock");
  return socket ? expand(socket) : process.env.SSH_AUTH_SOCK;
};

// The library cannot be asked for a feature of the protocol.
class Unsupported extends Error {}

// One tunnel of a library: a subclass connects (resolves to {host, port}) and disconnects, and calls lost() when its
// session ends.
class Tunnel {
  constructor(name, profile) {
    this.name = name;
    this.profile = profile;
    this.localHost = profile.local.host ?? "127.0.0.1";
    this.state = "connecting";
    this.cancelled = new Promise((resolve) => (this.cancel = resolve));
  }

  // The servers on the way, each with its login.
  get hops() {
    const { jumps, ssh, auth } = this.profile;
    return [...jumps.map((jump) => [jump, jump.auth]), [ssh, auth]];
  }

  lost(why) {
    this.become("failed", { code: "internal", message: String(why?.message ?? why) || "the session has ended" });
  }

  async open() {
    this.tell();
    const connecting = (async () => {
      try {
        const { host, port } = await this.connect();
        this.place = { host: host === "localhost" ? "127.0.0.1" : host, port };
        if (this.become("connected")) return { ok: this.place };
        this.disconnect();
      } catch (error) {
        if (error instanceof Unsupported) return { unsupported: error.message };
        console.error(error);
        this.disconnect();
        this.lost(error);
        return { error: this.error ?? CANCELLED };
      }
    })();
    return (await Promise.race([connecting, this.cancelled])) ?? { error: CANCELLED };
  }

  close() {
    this.become("closed");
    this.cancel();
    this.disconnect();
    return { ok: {} };
  }

  status() {
    const place = this.state === "connected" ? this.place : {};
    return { ok: { state: this.state, error: this.error, ...place } };
  }

  // Takes a new state and tells it, unless the tunnel is closed; returns whether it was taken.
  become(state, error) {
    if (this.state === "closed" || this.state === state) return false;
    this.state = state;
    this.error = error;
    this.tell();
    return true;
  }

  tell() {
    send({ event: "state", tunnel: this.name, state: this.state, ...(this.error && { error: this.error }) });
  }
}

// Returns what a profile needs and the library does not do.
function missing({ auth, jumps, totp, target }, supports) {
  const needs = [...jumps.map((jump) => `auth.${jump.auth.method}`), `auth.${auth.method}`];
  if (jumps.length) needs.push("jump");
  if (totp) needs.push(`totp.${totp.mode}`);
  if ("path" in target) needs.push("target.socket");
  return needs.find((feature) => !supports.includes(feature));
}

async function handle({ do: what, tunnel: name, profile }, about, supports, Kind) {
  const tunnel = tunnels.get(name);
  switch (what) {
    case "hello":
      return { ok: { protocol: 1, implementation: about, supports } };
    case "open": {
      const feature = missing(profile, supports);
      if (feature) return { unsupported: feature };
      const opened = new Kind(name, profile);
      tunnels.set(name, opened);
      return opened.open();
    }
    case "close":
      return tunnel ? tunnel.close() : { ok: {} };
    case "status":
      if (!tunnel) return { error: { code: "bad-profile", message: "there is no such tunnel; open it first" } };
      return tunnel.status();
    case "bye":
      for (const one of tunnels.values()) one.close();
      return { ok: {} };
  }
  return { unsupported: what };
}

// Answers requests until bye or the end of the input; they do not wait for one another.
function serve(about, supports, Kind) {
  // An error that a library leaves to nobody ends a Node process, and every tunnel in it.
  process.on("uncaughtException", (error) => {
    console.error(error);
    for (const tunnel of tunnels.values()) {
      tunnel.lost(error);
      tunnel.disconnect();
    }
  });
  const lines = readline.createInterface({ input: process.stdin });
  lines.on("line", async (line) => {
    const request = JSON.parse(line);
    if ("answer" in request) return answers.get(request.answer)?.(request.value);
    send({ id: request.id, ...(await handle(request, about, supports, Kind)) });
    if (request.do === "bye") process.exit(0);
  });
  lines.on("close", () => process.exit(0));
}

module.exports = { Tunnel, Unsupported, agentSocket, ask, expand, serve };
