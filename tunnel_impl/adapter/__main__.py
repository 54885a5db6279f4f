"""The reference as an adapter: ``python -m tunnel_impl.adapter``."""

from __future__ import annotations

from tunnel_impl.adapter import serve

serve()
