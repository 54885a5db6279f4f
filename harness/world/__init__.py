"""What tunnels run through: topologies, and the fabrics that make them real."""

from __future__ import annotations
