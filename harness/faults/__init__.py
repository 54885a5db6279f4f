"""Links and faults: what can be broken, and the evidence that it was."""

from __future__ import annotations
