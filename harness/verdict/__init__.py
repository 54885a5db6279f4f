"""Verdicts, what a run's exit status is made of, and the record of one judged scenario."""

from __future__ import annotations
