"""A sound tunnel on asyncssh's client side, written from docs/adapter-protocol.md and the RFCs alone.

It shares no line with the suite or with the reference tunnel, so that what both of them pass is no agreement
between relatives. What asyncssh does wrong as a client is made good here.
"""
