"""Faults in force on the embedded fabric, each with its evidence and its way back.

Begin with ``abilities``, which says what can be broken and why the rest cannot, and ``installing``, which does it;
``links``, ``nodes`` and ``keys`` are the faults.
"""
