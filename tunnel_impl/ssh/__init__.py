"""One SSH session over paramiko, made to forward ports without ever waiting.

Begin with ``session``; ``handshake`` agrees on ``algorithms``, ``packets`` and ``protection`` are the packet layer,
``channel`` is one stream through the session, ``dialler`` and ``wire`` are what carries the first one.
"""
