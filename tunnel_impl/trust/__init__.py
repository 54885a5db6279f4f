"""Is this the right server? Judged before any credential is sent.

Begin with ``host_keys``, which decides; ``known_hosts`` is the store, ``host_lines`` its lines, and
``host_certificates`` vouch for keys that it does not hold.
"""
