"""What a scenario needs beside its world: agents, ports that are taken, names, and a store of host keys.

Begin with ``props``.
"""
