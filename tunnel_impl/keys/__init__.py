"""Private keys, wherever they live: in files of any format, beside a certificate, in an agent.

Begin with ``private_keys``. Only ``login`` and ``life`` import it.
"""
