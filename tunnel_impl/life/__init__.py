"""The life of a tunnel: connect, watch, lose, come back, stop.

Begin with ``tunnel``; ``chain`` holds the sessions of its hops, ``watchdog`` notices silence, ``backoff`` and
``retries`` say when to try again, ``parts`` names what a tunnel is made of.
"""
