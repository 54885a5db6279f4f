"""Starts a helper program for each tunnel, and leaves it as a zombie when it has ended (TableProApp/TablePro#214)."""

from __future__ import annotations

import subprocess
from typing import ClassVar

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "shutdown/comes_and_goes[closed]": {"step": "expect grown", "observed": "processes +20, "},
}


class Faulty(Tunnel):
    helpers: ClassVar[list[subprocess.Popen[bytes]]] = []

    @override
    def connect(self) -> Chain:
        self.helpers.append(subprocess.Popen(["true"], stdin=subprocess.DEVNULL))
        return super().connect()


if __name__ == "__main__":
    serve(Faulty, "never_waits_for_its_helper")
