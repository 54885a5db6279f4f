"""The docker fabric. Begin with ``fabric``.

What is loaded without an engine, ``faults`` and what it needs, does without the packages of the extra ``docker``.
"""
