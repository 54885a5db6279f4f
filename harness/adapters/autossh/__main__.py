from __future__ import annotations

import asyncio
import sys

from harness.adapters.autossh.client import AUTOSSH
from harness.adapters.command.service import serve

sys.exit(asyncio.run(serve(AUTOSSH)))
