from __future__ import annotations

import asyncio
import sys

from harness.adapters.command.service import serve
from harness.adapters.dropbear.client import DROPBEAR

sys.exit(asyncio.run(serve(DROPBEAR)))
