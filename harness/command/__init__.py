"""What each subcommand of ``tunspec`` does."""

from __future__ import annotations
