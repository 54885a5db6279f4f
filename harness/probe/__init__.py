"""The probe: the target behind the tunnel, and its client."""

from __future__ import annotations
