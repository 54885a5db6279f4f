"""What is done with reports that exist: joined, compared, shown on a page."""

from __future__ import annotations
