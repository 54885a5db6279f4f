"""The reference as an adapter: it speaks protocol v1 on standard input and output.

Begin with ``service``, which answers requests; ``place`` is one name and the tunnels that have it one after another,
``dialogue`` carries questions to the harness and answers back. Nothing imports this room but whoever starts an adapter.
"""
