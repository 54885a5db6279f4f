"""The language of scenario files: what a verb, an observation and a tunnel are.

Begin with ``model``. ``verb`` and ``observation`` are the bases of everything in ``verbs`` and ``observations``.
"""
