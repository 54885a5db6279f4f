// A tunnel as tunnel-ssh's README shows it: createTunnel(), with autoClose off.
"use strict";
const { createTunnel } = require("tunnel-ssh");
const { Tunnel, serve } = require("./talk.js");
const { connectOptions } = require("./ssh2-login.js");

const ABOUT = { name: "tunnel-ssh", version: require("tunnel-ssh/package.json").version, language: "JavaScript" };
const SUPPORTS = ["auth.password", "auth.key", "auth.agent", "auth.none", "keepalive", "timeouts.connect", "status"];

class TunnelSshTunnel extends Tunnel {
  async connect() {
    const { ssh, auth, target, local } = this.profile;
    [this.server, this.client] = await createTunnel(
      { autoClose: false },
      { host: this.localHost, port: local.port },
      connectOptions(this.profile, ssh, auth),
      { dstAddr: target.host, dstPort: target.port },
    );
    this.server.on("error", (error) => this.lost(error));
    this.client.on("error", (error) => this.lost(error));
    this.client.on("close", () => this.lost("the connection is closed"));
    return { host: this.localHost, port: this.server.address().port };
  }

  disconnect() {
    this.server?.close();
    this.client?.end();
  }
}

serve(ABOUT, SUPPORTS, TunnelSshTunnel);
