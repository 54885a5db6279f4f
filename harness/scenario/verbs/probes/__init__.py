"""Verbs that send bytes through a tunnel, and see what comes back."""

from __future__ import annotations
