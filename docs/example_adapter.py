#!/usr/bin/env python3
"""A complete adapter: ``ssh -N -L`` with a private key and a known host key."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

ABOUT = {"name": "example", "version": "1", "language": "Python"}
SSH = ["ssh", "-nNF/dev/null", "-oBatchMode=yes", "-oExitOnForwardFailure=yes", "-oPermitLocalCommand=yes"]
tunnels: dict[str, subprocess.Popen[str]] = {}

for request in map(json.loads, sys.stdin):
    reply = {"unsupported": request["do"]}
    match request:
        case {"do": "hello"}:
            reply = {"ok": {"protocol": 1, "implementation": ABOUT, "supports": ["auth.key"]}}
        case {"do": "open", "tunnel": name, "profile": {"ssh": ssh, "auth": {"method": "key", "file": key}} as given}:
            with socket.create_server(("127.0.0.1", given["local"]["port"])) as free:
                port, to, log = free.getsockname()[1], given["target"], Path(f"{name}.log")
            way = ["-L", f"127.0.0.1:{port}:{to['host']}:{to['port']}", "-oLocalCommand=echo listening", "-E", log]
            keys = ["-i", key, f"-oUserKnownHostsFile={given['host_keys']['file']}"]
            server = ["-p", str(ssh["port"]), "-l", ssh["user"], ssh["host"]]
            tunnels[name] = subprocess.Popen([*SSH, *way, *keys, *server], stdout=subprocess.PIPE, text=True)
            if tunnels[name].stdout.readline() == "listening\n":
                reply = {"ok": {"host": "127.0.0.1", "port": port}}
            else:
                code = "auth-failed" if "denied" in (said := log.read_text()) else "internal"
                reply = {"error": {"code": code, "message": said}}
        case {"do": "close" | "bye"}:
            for name in [name for name in tunnels if request.get("tunnel", name) == name]:
                tunnels.pop(name).kill()
            reply = {"ok": {}}
    print(json.dumps({"id": request["id"], **reply}), flush=True)
    if request["do"] == "bye":
        break
