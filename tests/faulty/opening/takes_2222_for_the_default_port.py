"""Connects to port 2222 where the profile gives no port."""

from __future__ import annotations

from tunnel_impl import fields
from tunnel_impl.adapter import serve

REJECTED_BY = {
    "opening/default_port[server]": {"step": "open", "expected": "open to succeed"},
}

port = fields.Fields.port


def other(self: fields.Fields, name: str, default: int | None = None, *, lowest: int = 1) -> int:
    return port(self, name, 2222 if default == 22 else default, lowest=lowest)


fields.Fields.port = other


if __name__ == "__main__":
    serve(name="takes_2222_for_the_default_port")
