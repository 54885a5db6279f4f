"""Drives implementations: the protocol's messages, the adapter's process, the registry of names."""

from __future__ import annotations
