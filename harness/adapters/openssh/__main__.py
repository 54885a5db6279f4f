from __future__ import annotations

import asyncio
import sys

from harness.adapters.openssh.service import serve

sys.exit(asyncio.run(serve()))
