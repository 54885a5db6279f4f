"""Local connections and their bytes.

Begin with ``forwarder``, which gives each connection its channel; ``listener`` is the local endpoint, ``pump`` moves
the bytes of one connection, ``io_loop`` is the one thread in which all of them move.
"""
