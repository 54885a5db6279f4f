"""The adapter of Dropbear's ``dbclient -N -L`` (dbclient(1)); what it cannot be asked is answered ``unsupported``."""
