"""Scenarios as pytest's test items.

Begin with ``asked``: whether pytest was asked for scenarios at all. Only then ``hooks`` and what it needs is imported.
"""
