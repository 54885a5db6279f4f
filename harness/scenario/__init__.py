"""The scenario language: its models, its loader, its verbs, and what runs them."""

from __future__ import annotations
