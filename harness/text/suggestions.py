"""What somebody may have meant who wrote a name that does not exist."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str], *, most: int = 1) -> str:
    """Return `` (did you mean 'echo'?)`` with up to ``most`` of the ``known`` names, nothing where none is near.

    Names are near that are written alike, and then those that begin with ``name``.
    """
    names = [*known]
    near = difflib.get_close_matches(str(name), names, n=most, cutoff=0.6)
    near += [one for one in sorted(names) if name and one.startswith(str(name)) and one not in near]
    return f" (did you mean {' or '.join(map(repr, near[:most]))}?)" if near else ""
