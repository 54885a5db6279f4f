"""The adapters that ship: what there is, with which tools each is built, and where it is installed.

A folder of ``harness/adapters`` with an ``adapter.toml`` is one of them. Installing copies it into the user's cache,
and lets the library's own package client fetch the library there; nothing of it enters tunspec's environment.
"""
