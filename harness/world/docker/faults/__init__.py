"""Faults in force on the docker fabric, each with its evidence and its way back.

Begin with ``table``, which has a row for each fault: where it can be in force and how it gets there. ``abilities`` says
why the rest cannot; ``links``, ``bastions`` and ``targets`` are the faults.
"""
