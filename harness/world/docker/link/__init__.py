"""What stands on the way to a node: Toxiproxy, the packet filter before it, and what listens to both.

Begin with ``packet_filter`` for packets and sockets, with ``toxiproxy`` for bytes; ``forget``, ``mtu`` and ``capture``
are what else can be done there.
"""
