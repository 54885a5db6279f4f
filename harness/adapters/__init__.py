"""The adapters that ship with the suite, one package for each implementation."""
