"""The headline of a reproduction's picture: the answer."""

from __future__ import annotations

from harness.report.picture import Telling
from harness.repro.judgement import Answer
from harness.repro.reproduction import Reproduction
from harness.verdict.lattice import Verdict

_MINUTE = 60
_COLOURS = {
    Answer.SURVIVED: Verdict.PASS,
    Answer.RECOVERED: Verdict.PASS,
    Answer.DROPPED: Verdict.UNSUPPORTED,
    Answer.KEPT_OUT: Verdict.UNSUPPORTED,
    Answer.BROKE: Verdict.FAIL,
}


def telling(found: Reproduction) -> Telling:
    """Return how its picture is told."""
    answer = found.answer
    return Telling(
        badge=headline(found),
        like=found.result.verdict if answer is None else _COLOURS[answer],
        title=found.title,
        line=f"{found.what[:1].upper()}{found.what[1:]}.",
        real=(lambda at: short(found.clock.at(at))) if found.clock.is_scaled else None,
    )


def headline(found: Reproduction) -> str:
    """Return what became of the tunnel, in a few words."""
    if found.answer is None:
        return "no answer"
    if found.login is not None and found.login.failed:
        some = found.login.failed < found.login.tunnels
        return f"{found.login.failed} of {found.login.tunnels} could not log in" if some else "could not log in"
    if not found.drops:
        return "survived" if not found.breaks else "worked, but not as it must"
    last = found.outcomes[-1]
    after = "recovered" if last.works_at is not None else "did not recover"
    return f"dropped{'' if found.noticed else ' unnoticed'}, {after}"


def short(seconds: float) -> str:
    """Return a time for an axis, from a minute on to ten seconds: ``40s``, ``4m10s``, ``7m``, ``2h05m``."""
    rounded = round(seconds) if seconds < _MINUTE - 5 else round(seconds, -1)
    minutes, rest = divmod(int(rounded), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}h{minutes:02}m"
    return f"{minutes}m{f'{rest}s' if rest else ''}" if minutes else f"{rest}s"
