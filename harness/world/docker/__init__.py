"""The docker fabric: Debian's OpenSSH in containers, Toxiproxy and packet filters on the links. Begin with ``fabric``.

What is loaded without an engine, ``faults`` and what it needs, does without the packages of the extra ``docker``.
"""
