#!/usr/bin/env python3
"""A complete adapter: ``ssh -N -L`` with a private key and a known host key."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from pathlib import Path

ABOUT = {"name": "example", "version": "1", "language": "Python"}
SSH = ["ssh", "-nNF/dev/null", "-oBatchMode=yes", "-oExitOnForwardFailure=yes", "-oPermitLocalCommand=yes"]
PORTS = range(60000, 65000)
tunnels: dict[str, subprocess.Popen[str]] = {}


def start(name: str, profile: dict, port: int) -> dict:
    """Start ssh, which takes the port itself; return the reply."""
    ssh, to, log = profile["ssh"], profile["target"], Path(f"{name}.log")
    host = profile["local"]["host"] or "127.0.0.1"
    way = ["-L", f"[{host}]:{port}:[{to['host']}]:{to['port']}", "-oLocalCommand=echo listening", "-E", log]
    keys = ["-i", profile["auth"]["file"], f"-oUserKnownHostsFile={profile['host_keys']['file']}"]
    server = ["-p", str(ssh["port"] or 22), "-l", ssh["user"], ssh["host"]]
    log.write_text("")
    tunnels[name] = subprocess.Popen([*SSH, *way, *keys, *server], stdout=subprocess.PIPE, text=True)
    if tunnels[name].stdout.readline() == "listening\n":
        return {"ok": {"host": host, "port": port}}
    said = log.read_text()
    if "in use" in said and not profile["local"]["port"]:
        return start(name, profile, secrets.choice(PORTS))  # somebody else has it: try another
    return {"error": {"code": "auth-failed" if "denied" in said else "internal", "message": said}}


for request in map(json.loads, sys.stdin):
    match request:
        case {"do": "hello"}:
            reply = {"ok": {"protocol": 1, "implementation": ABOUT, "supports": ["auth.key"]}}
        case {"do": "open", "profile": {"auth": {"method": "key"}, "jumps": [], "totp": None} as profile}:
            reply = start(request["tunnel"], profile, profile["local"]["port"] or secrets.choice(PORTS))
        case {"do": "close" | "bye"}:
            for name in [name for name in tunnels if request.get("tunnel", name) == name]:
                tunnels.pop(name).kill()
            reply = {"ok": {}}
        case _:
            reply = {"unsupported": request["do"]}
    print(json.dumps({"id": request["id"], **reply}), flush=True)
    if request["do"] == "bye":
        break
