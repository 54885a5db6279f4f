"""What adapters of command-line clients have in common: the talk with the harness, failures, local ports."""
