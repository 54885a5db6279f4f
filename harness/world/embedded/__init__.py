"""The embedded fabric: nodes are processes of this machine, links one relay process."""

from __future__ import annotations
