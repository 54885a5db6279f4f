"""A bastion in its container: sshd, dropbear or the scripted server, its configuration, and what its log says.

Begin with ``node``; ``sshd`` starts and stops the server, ``sshlog`` reads what it says, and ``pam`` asks for second
factors. ``dropbear`` and ``scripted`` are what is different about those.
"""
