"""Several workers at once: in which order xdist's workers take scenarios, and how they end.

``queue`` spreads what waits long over the run; ``workers`` is what the process that started them sees of them.
"""
