"""What stands behind the last bastion: the probe target, its socket, and real databases.

Begin with ``probe``.
"""
