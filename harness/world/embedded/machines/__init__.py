"""The processes of an embedded world: started, frozen, killed, and started again on the same port.

Begin with ``machine``; ``node`` is one process and ``control`` its end of the pipes.
"""
