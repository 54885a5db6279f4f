"""Faults in force on the docker fabric, each with its evidence and its way back.

Begin with ``abilities``, which says what can be broken and why the rest cannot; ``links``, ``bastions`` and ``targets``
are the faults, ``installed`` is what all of them are once they are in force.
"""
