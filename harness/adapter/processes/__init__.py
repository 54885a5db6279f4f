"""An adapter as processes of the operating system.

Begin with ``process``; ``kin`` finds what it started, ``afresh`` and ``environment`` start it as a login would, and
``crowded`` gives it many open files.
"""
