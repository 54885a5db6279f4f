"""An SVG drawing: elements whose texts are escaped, and safe for XML 1.0 whatever a program wrote."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from harness.report.picture.measure import FAMILY

NAMESPACE = "http://www.w3.org/2000/svg"

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """Return ``text`` without the characters that XML 1.0 forbids (section 2.2)."""
    return _FORBIDDEN.sub("", text)


class Canvas:
    """One element of a drawing, which holds others. Coordinates are pixels."""

    def __init__(self, element: ET.Element) -> None:
        self._element = element

    @classmethod
    def blank(cls, title: str) -> Canvas:
        """Return an empty drawing with a title for those who cannot see it."""
        canvas = cls(ET.Element("svg", {"xmlns": NAMESPACE, "class": "timeline", "role": "img"}))
        canvas._title(title)
        canvas._element.set("font-family", FAMILY)
        return canvas

    def group(self, name: str, tooltip: str | None = None) -> Canvas:
        """Return a group of the class ``name``, whose tooltip shows under the mouse."""
        group = Canvas(ET.SubElement(self._element, "g", {"class": name}))
        if tooltip is not None:
            group._title(tooltip)
        return group

    def text(self, x: float, y: float, text: str, name: str, size: float, *, bold: bool = False) -> None:
        """Write one line that begins at ``x`` on the baseline ``y``."""
        weight = {"font-weight": "bold"} if bold else {}
        where = {"x": _number(x), "y": _number(y), "font-size": f"{size:g}"}
        ET.SubElement(self._element, "text", {"class": name, **where, **weight}).text = clean(text)

    def rect(self, x: float, y: float, width: float, height: float, name: str, *, round_by: float = 0) -> None:
        """Draw a rectangle."""
        corner = {"rx": f"{round_by:g}"} if round_by else {}
        where = {"x": _number(x), "y": _number(y), "width": _number(width), "height": _number(height)}
        ET.SubElement(self._element, "rect", {"class": name, **where, **corner})

    def line(self, x1: float, y1: float, x2: float, y2: float, name: str) -> None:
        """Draw a line."""
        ends = {"x1": _number(x1), "y1": _number(y1), "x2": _number(x2), "y2": _number(y2)}
        ET.SubElement(self._element, "line", {"class": name, **ends})

    def path(self, commands: str, x: float, y: float, name: str) -> None:
        """Draw a path given relative to ``x``, ``y``."""
        ET.SubElement(self._element, "path", {"class": name, "d": f"M{_number(x)} {_number(y)}{commands}"})

    def style(self, css: str) -> None:
        """Add a style sheet."""
        ET.SubElement(self._element, "style").text = css

    def render(self, width: float, height: float) -> str:
        """Return the drawing, of this size, as the text of a file."""
        self._element.set("width", _number(width))
        self._element.set("height", _number(height))
        self._element.set("viewBox", f"0 0 {_number(width)} {_number(height)}")
        ET.indent(self._element, space=" ")
        return ET.tostring(self._element, encoding="unicode") + "\n"

    def _title(self, text: str) -> None:
        ET.SubElement(self._element, "title").text = clean(text)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
