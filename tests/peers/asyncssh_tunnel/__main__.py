"""Speak the adapter protocol on standard input and output."""

from __future__ import annotations

import asyncio
import sys

from asyncssh_tunnel.service import serve

sys.exit(asyncio.run(serve()))
