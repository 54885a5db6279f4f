// What ssh2's connect() is given for a server and a login, for adapters around libraries that pass it on.
"use strict";
const fs = require("node:fs");
const { Unsupported, agentSocket, expand } = require("./talk.js");

const milliseconds = (seconds) => (seconds === null ? undefined : seconds * 1000);

// Returns the options of connect(). Without a hostVerifier, which ssh2 leaves to its user, it accepts every host key.
function connectOptions({ keepalive, timeouts }, { host, port, user }, auth) {
  if (auth.method === "agent" && auth.file) throw new Unsupported("auth.agent"); // it offers every key of an agent
  return {
    host,
    port: port ?? 22,
    username: user,
    keepaliveInterval: milliseconds(keepalive.interval),
    keepaliveCountMax: keepalive.count ?? undefined,
    readyTimeout: milliseconds(timeouts.connect),
    password: auth.password,
    privateKey: auth.method === "key" ? fs.readFileSync(expand(auth.file)) : undefined,
    passphrase: auth.passphrase ?? undefined,
    agent: auth.method === "agent" ? agentSocket(auth) : undefined,
  };
}

module.exports = { connectOptions };
