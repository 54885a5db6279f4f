"""What people and machines read after a run: text, JSON, Allure."""

from __future__ import annotations
