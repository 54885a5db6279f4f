"""Colours, each for a light and a dark background.

No meaning is carried by a colour alone: there is always a word or a shape as well. Blue, amber, violet and a dark red
are told apart with the usual kinds of colour blindness. Texts have a contrast of at least 4.5 (WCAG 2.2, 1.4.3, AA).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from harness.verdict.lattice import Verdict

_BADGE = ("#ffffff", "#ffffff")


@dataclass(frozen=True)
class Rule:
    """What elements of a class are painted with; each colour is the one on light and the one on dark."""

    name: str
    fill: tuple[str, str] | None = None
    stroke: tuple[str, str] | None = None
    more: str = ""


GROUND = Rule("ground", fill=("#ffffff", "#0d1117"))
TRACK = Rule("track", fill=("#f3f5f7", "#161b22"))
SHADE = Rule("shade", fill=("#fbefd2", "#2e260f"))
STRIP = Rule("strip", fill=("#f0c868", "#5c4400"))
BAR = Rule("bar", fill=("#cfe3f5", "#173a5e"))
BAR_FAILED = Rule("bar-failed", fill=("#f7cdc6", "#642018"))
INK = Rule("ink", fill=("#1f2328", "#e6edf3"))
MUTED = Rule("muted", fill=("#545d68", "#a3adb8"))
FAILED = Rule("failed", fill=("#a3180f", "#ff9c92"))

STATES = {
    "connecting": Rule("state-connecting", fill=("#dde1e6", "#343b43")),
    "connected": Rule("state-connected", fill=("#a9d3f5", "#15436f")),
    "reconnecting": Rule("state-reconnecting", fill=("#dccdf3", "#45306a")),
    "failed": Rule("state-failed", fill=("#f7cdc6", "#642018")),
    "closed": Rule("state-closed", fill=("#e9ebee", "#262c33")),
}
BADGES = {
    Verdict.PASS: Rule("badge-pass", fill=("#11633a", "#11633a")),
    Verdict.FAIL: Rule("badge-fail", fill=("#a3180f", "#a3180f")),
    Verdict.UNSUPPORTED: Rule("badge-unsupported", fill=("#6b5200", "#6b5200")),
    Verdict.NOT_RUN: Rule("badge-not-run", fill=("#545d68", "#545d68")),
    Verdict.INCONCLUSIVE: Rule("badge-inconclusive", fill=("#6a3aa8", "#6a3aa8")),
    Verdict.ERROR: Rule("badge-error", fill=("#7a1309", "#7a1309")),
}
BADGE = Rule("badge", fill=_BADGE)

_HALO = "paint-order:stroke;stroke-width:3px;stroke-linejoin:round"
_BLUE = ("#0b5394", "#8cc2ff")
_AMBER = ("#7a4f00", "#f2cc60")
_VIOLET = ("#6a3aa8", "#c9a6ff")
_RED = FAILED.fill

RULES = (
    *(GROUND, TRACK, SHADE, STRIP, BAR, BAR_FAILED, INK, MUTED, FAILED, BADGE, *STATES.values(), *BADGES.values()),
    Rule("label", fill=INK.fill, stroke=TRACK.fill, more=_HALO),
    Rule("step-failed", fill=FAILED.fill, stroke=GROUND.fill, more=_HALO),
    Rule("label-failed", fill=FAILED.fill, stroke=TRACK.fill, more=_HALO),
    Rule("grid", stroke=("#dfe3e8", "#262c33")),
    Rule("guide", stroke=_AMBER, more="stroke-dasharray:4 4;opacity:.75"),
    Rule("guide-failed", stroke=_RED, more="stroke-width:2px"),
    Rule("connection", stroke=_BLUE, more="stroke-width:2px"),
    Rule("connection-open", stroke=_BLUE, more="stroke-width:2px;stroke-dasharray:7 3"),
    Rule("tick", stroke=MUTED.fill, more="stroke-width:1.5px"),
    Rule("mark-state", fill=_BLUE),
    Rule("mark-observation", fill=TRACK.fill, stroke=_BLUE, more="stroke-width:2px"),
    Rule("mark-evidence", fill=_AMBER),
    Rule("mark-fault", fill=_AMBER),
    Rule("mark-question", fill=_VIOLET),
    Rule("mark-error", stroke=_RED, more="stroke-width:2.5px;fill:none"),
    Rule("mark-connection", fill=MUTED.fill),
    Rule("mark-claim", fill=MUTED.fill),
)

LEGIBLE = (
    *((INK, on) for on in (GROUND, TRACK, SHADE, STRIP, BAR, BAR_FAILED, *STATES.values())),
    *((MUTED, on) for on in (GROUND, TRACK, SHADE, STATES["closed"])),
    *((FAILED, on) for on in (GROUND, TRACK, SHADE)),
    *((BADGE, on) for on in BADGES.values()),
)
"""Which texts stand on which grounds."""


def style_sheet() -> str:
    """Return the style sheet: light, and dark for those who prefer it."""
    light, dark = ("".join(_css(theme)) for theme in ("light", "dark"))
    return f"{light}@media (prefers-color-scheme:dark){{{dark}}}"


def _css(theme: Literal["light", "dark"]) -> Iterator[str]:
    index = 0 if theme == "light" else 1
    for rule in RULES:
        paints = [f"{key}:{pair[index]}" for key, pair in (("fill", rule.fill), ("stroke", rule.stroke)) if pair]
        more = [rule.more] if rule.more and theme == "light" else []
        yield f".timeline .{rule.name}{{{';'.join([*paints, *more])}}}"
