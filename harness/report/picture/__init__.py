"""The timeline of one scenario as a picture: an SVG that needs nothing but itself.

From top to bottom: what the verdict is and why, the steps, and a track for each place on the way from the client to the
target. Faults are shaded from the moment they are in force until they are healed. Whatever is drawn has a tooltip with
its time and whole text. The same result gives the same bytes.
"""

from __future__ import annotations

from harness.report.picture.axis import Axis
from harness.report.picture.canvas import Canvas
from harness.report.picture.header import draw_header
from harness.report.picture.legend import draw_legend
from harness.report.picture.page import LEFT, RIGHT, WIDTH, Page
from harness.report.picture.palette import style_sheet
from harness.report.picture.steps import draw_steps
from harness.report.picture.telling import Telling
from harness.report.picture.tracks import draw_track
from harness.report.story import Story, moment_of, read
from harness.verdict.result import Result

__all__ = ["Telling", "picture"]


def picture(result: Result, telling: Telling | None = None) -> str:
    """Return the picture of ``result`` as the text of an SVG file, 1200 pixels wide.

    ``telling`` is what it says at its head in place of the scenario and its verdict.
    """
    story = read(result)
    canvas = Canvas.blank(f"{result.scenario}: {telling.badge if telling else result.verdict.value}")
    canvas.style(style_sheet())
    ground = canvas.group("below")
    axis = Axis(story.begin, story.end, LEFT, RIGHT)
    page = Page(
        axis, canvas.group("back"), canvas.group("lines"), canvas.group("front"), telling.real if telling else None
    )
    y = draw_header(page.front, result, telling)
    y = _draw_story(page, story, result, y) if story.tracks or story.steps else y
    ground.rect(0, 0, WIDTH, y, "ground")
    return canvas.render(WIDTH, y)


def _draw_story(page: Page, story: Story, result: Result, y: float) -> float:
    top = y = page.times(y)
    y = draw_steps(page, result, story.end, y)
    for track in story.tracks:
        y = draw_track(page, track, story.end, y)
    page.grid(top, y)
    _draw_guides(page, story, top, y)
    return draw_legend(page, story, page.times(y) + 4)


def _draw_guides(page: Page, story: Story, top: float, bottom: float) -> None:
    """Draw through all tracks: when each fault began and ended, and when a step failed."""
    faults = [fault for track in story.tracks for fault in track.faults]
    for at in sorted({at for fault in faults for at in (fault.began, fault.ended) if at is not None}):
        page.lines.line(page.axis.x(at), top, page.axis.x(at), bottom, "guide")
    if story.failing is not None:
        x = page.axis.x(moment_of(story.failing))
        page.lines.line(x, top, x, bottom, "guide-failed")
