from __future__ import annotations

import asyncio
import sys

from harness.adapters.command.service import serve
from harness.adapters.openssh.client import OPENSSH

sys.exit(asyncio.run(serve(OPENSSH)))
