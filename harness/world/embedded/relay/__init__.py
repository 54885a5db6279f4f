"""The relay: one process with every link of a world, and the faults on them.

Begin with ``process``; ``flow`` is one connection, ``shaping`` what can be done to its bytes, ``faults``,
``traffic_faults`` and ``black_holes`` what can be installed, by the names of ``kinds``. ``canary`` and ``trial`` prove
it with bytes of their own. The world talks to it over ``machines.control`` and imports nothing else of it.
"""
