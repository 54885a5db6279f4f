"""What a scenario in progress acts on: its world, adapter, tunnels and open connections, and its props.

Begin with ``offline`` (no network) and ``stage`` (all of it); ``ledger`` compares what came back with what servers saw,
``names`` is a resolver of the scenario's own, ``endpoint`` says what may be dialled.
"""
