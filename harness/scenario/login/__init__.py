"""Secrets and settings of a scenario: users, keys, agents, second factors, and the profile made of them.

Begin with ``profile``, which is what an adapter is given, and ``setups``, which is what a bastion is given.
"""
