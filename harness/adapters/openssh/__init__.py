"""The adapter of OpenSSH's ``ssh -N -L`` (ssh(1)); what plain ssh cannot do is answered ``unsupported``."""
