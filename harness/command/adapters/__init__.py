"""``tunspec adapter``: check, write and install adapters."""

from __future__ import annotations
