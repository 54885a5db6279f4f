"""The embedded bastion: an SSH server process on asyncssh, made to keep the RFCs as sshd does.

Begin with ``process``; ``door`` says who comes in and how (``login``, ``dialogue``, ``totp``, ``startups``), ``owner``
what a client may then ask for (``channel``, ``forward``, ``routes``), ``policy`` what of sshd_config(5) is obeyed.
"""
