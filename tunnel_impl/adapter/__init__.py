"""The reference as an adapter: it speaks protocol v1 on standard input and output.

``serve`` is what a program calls to be an adapter. Begin with ``service``, which answers requests; ``slot`` is one
name and the tunnels that have it one after another, ``asking`` carries questions to the harness and answers back.
Only programs that start an adapter import this room.
"""

from __future__ import annotations

from tunnel_impl.adapter.service import serve

__all__ = ["serve"]
