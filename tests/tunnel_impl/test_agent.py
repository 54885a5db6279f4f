"""Logging in with an agent's keys."""

from __future__ import annotations

import shutil
import socket
import subprocess
from typing import TYPE_CHECKING

import pytest

from tunnel_impl import TunnelError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import asyncssh
    from conftest import World
