// A tunnel as ssh2's README shows it: a Client for each hop, forwardOut() for each local connection.
"use strict";
const net = require("node:net");
const { Client } = require("ssh2");
const { Tunnel, ask, serve } = require("./talk.js");
const { connectOptions } = require("./ssh2-login.js");

const ABOUT = { name: "ssh2", version: require("ssh2/package.json").version, language: "JavaScript" };
const SUPPORTS = [
  "auth.password", "auth.key", "auth.agent", "auth.none", "totp.prompt", "jump", "keepalive", "timeouts.connect",
  "status",
];

class Ssh2Tunnel extends Tunnel {
  clients = [];
  sockets = new Set();

  async connect() {
    let sock;
    for (const [hop, [endpoint, auth]] of this.hops.entries()) {
      if (hop) sock = await this.through(this.clients[hop - 1], endpoint);
      await this.login(hop, endpoint, auth, sock);
    }
    const last = this.clients.at(-1);
    last.on("error", (error) => this.lost(error));
    last.on("close", () => {
      this.lost("the connection is closed");
      this.disconnect();
    });
    return this.listen(last);
  }

  login(hop, endpoint, auth, sock) {
    return new Promise((resolve, reject) => {
      const client = new Client();
      this.clients.push(client);
      client.on("ready", resolve).on("error", reject).on("close", () => reject(new Error("the connection is closed")));
      client.on("keyboard-interactive", async (_name, _instructions, _language, prompts, finish) => {
        finish(await this.answers(hop, auth, prompts));
      });
      const tryKeyboard = Boolean(this.profile.totp);
      client.connect({ ...connectOptions(this.profile, endpoint, auth), sock, tryKeyboard });
    });
  }

  // The first hidden prompt for the present password gets it; every other one goes to the user.
  async answers(hop, auth, prompts) {
    const given = [];
    for (const { prompt: text, echo = false } of prompts) {
      if (auth.password && !auth.given && !echo && /password/i.test(text) && !/new|again|retype|code/i.test(text)) {
        auth.given = true;
        given.push(auth.password);
      } else given.push((await ask({ tunnel: this.name, kind: "prompt", hop, text, echo })) ?? "");
    }
    return given;
  }

  through(client, { host, port }) {
    return new Promise((resolve, reject) => {
      client.forwardOut("127.0.0.1", 0, host, port ?? 22, (error, stream) => (error ? reject(error) : resolve(stream)));
    });
  }

  listen(client) {
    const { target, local } = this.profile;
    this.server = net.createServer({ allowHalfOpen: true }, (socket) => {
      this.sockets.add(socket);
      socket.on("error", () => socket.destroy()).on("close", () => this.sockets.delete(socket));
      client.forwardOut("127.0.0.1", 0, target.host, target.port, (error, stream) => {
        if (error) return socket.destroy();
        if (socket.destroyed) return stream.destroy();
        socket.on("close", () => stream.destroy());
        stream.on("error", () => socket.destroy()).on("close", () => socket.destroySoon());
        socket.pipe(stream).pipe(socket);
      });
    });
    return new Promise((resolve, reject) => {
      this.server.on("error", reject);
      this.server.listen(local.port, this.localHost, () =>
        resolve({ host: this.localHost, port: this.server.address().port }),
      );
    });
  }

  disconnect() {
    this.server?.close();
    for (const one of [...this.sockets, ...this.clients.reverse()]) one.destroy();
  }
}

serve(ABOUT, SUPPORTS, Ssh2Tunnel);
