"""tunspec: the conformance suite for SSH tunnels.

Imports point downwards only: ``cli`` and ``plugin`` use ``scenario`` and ``report``; those use ``world``,
``faults``, ``probe`` and ``adapter``; all of them may hold the plain values of ``verdict``, ``timeline``,
``units`` and ``errors``.
"""

from __future__ import annotations
