"""How wide a text is, so that no label covers another.

The advance widths are those of DejaVu Sans, which Verdana shares and hardly any other sans-serif exceeds: a text
may be narrower than what is reserved for it, not wider.
"""

from __future__ import annotations

import unicodedata

FAMILY = "DejaVu Sans, Verdana, sans-serif"

_FIRST = 32
_ASCII = (
    *(318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337),  # space to /
    *(636, 636, 636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531),  # 0 to ?
    *(1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787),  # @ to O
    *(603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500),  # P to _
    *(500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612),  # ` to o
    *(635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838),  # p to ~
)
_OTHER = 1000
_WIDE = 1400
_BOLD = 1.16
_ELLIPSIS = "…"


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of ``text`` in pixels at a font size of ``size`` pixels."""
    units = sum(map(_advance, text))
    return units * size / 1000 * (_BOLD if bold else 1)


def fit(text: str, room: float, size: float) -> str:
    """Return ``text``, cut with an ellipsis where it is wider than ``room`` pixels; empty where nothing fits."""
    if width(text, size) <= room:
        return text
    left = room - width(_ELLIPSIS, size)
    for length, character in enumerate(text):
        left -= width(character, size)
        if left < 0:
            return text[:length].rstrip() + _ELLIPSIS if length else ""
    return text


def wrap(text: str, room: float, size: float, most: int) -> list[str]:
    """Return ``text`` in at most ``most`` lines of ``room`` pixels, broken between words; the last is cut."""
    lines = [""]
    words = text.split()
    for index, word in enumerate(words):
        longer = f"{lines[-1]} {word}".lstrip()
        if width(longer, size) <= room or not lines[-1]:
            lines[-1] = longer
        elif len(lines) == most:
            lines[-1] = " ".join([lines[-1], *words[index:]])
            break
        else:
            lines.append(word)
    return [fit(line, room, size) for line in lines]


def _advance(character: str) -> int:
    index = ord(character) - _FIRST
    if 0 <= index < len(_ASCII):
        return _ASCII[index]
    return _WIDE if unicodedata.east_asian_width(character) in {"W", "F"} else _OTHER
