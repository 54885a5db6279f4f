"""The adapter of ``autossh -M 0 -N`` (autossh(1)), which starts ssh again when it has ended."""
