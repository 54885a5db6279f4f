"""The part of a timeline that stands under a failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.facts import Reply, Request
from harness.report.excerpt import excerpt
from harness.verdict.lattice import Verdict
from harness.verdict.result import Result

if TYPE_CHECKING:
    from conftest import MakeEntry, MakeFact, MakeResult


def test_the_failing_moment_stands_among_what_happened(frozen: Result) -> None:
    """Before it the fault, after it the evidence."""
    lines = [line.split(maxsplit=4) for line in excerpt(frozen)]
    assert [kind for _, _, _, kind, _ in lines][-3:] == ["fault", "failed", "evidence"]
    assert lines[-2][2:] == ["harness", "failed", "line 9: 0 of 2 connections closed"]


def test_polls_hide_nothing(make_entry: MakeEntry, make_fact: MakeFact, make_result: MakeResult) -> None:
    """What is asked every 20 ms is left out, and a fault is shown however long ago it was."""
    told = [make_entry(1, "link", "fault", "cut of a: in force", "a")]
    for index in range(100):
        told.append(make_fact(2 + index, "client", Request(number=index, name="status main", message="{}")))
        told.append(make_fact(2 + index, "client", Reply(number=index, name="status main", how="ok", said="{}")))
        told.append(make_entry(2 + index, "client", "observation", f"seen {'x' * index}"))
    lines = list(excerpt(make_result(*told, verdict=Verdict.FAIL)))
    assert lines[0].endswith("a: cut of a: in force")
    assert lines[1].strip() == "…  (82 more)"
    assert len(lines) == 20
    assert not any("status" in line for line in lines)


def test_each_line_has_two_clocks(make_entry: MakeEntry, make_result: MakeResult) -> None:
    """Since the first step, and since the first fault, once there was one."""
    told = (make_entry(1, "client", "observation", "early"), make_entry(3, "link", "fault", "cut of a: in force", "a"))
    lines = list(excerpt(make_result(*told, make_entry(5.5, "client", "observation", "late"), verdict=Verdict.FAIL)))
    assert [line.split()[:2] for line in lines] == [["1.000", "client"], ["3.000", "+0.000"], ["5.500", "+2.500"]]


def test_a_busy_client_hides_no_word_of_a_server(make_entry: MakeEntry, make_result: MakeResult) -> None:
    """What contradicts the implementation is told once, and long before; only what sshd says of itself is left out."""
    told = [
        make_entry(1, "bastion", "log", "debug1: rekey"),
        make_entry(2, "bastion", "log", "Failed password for alice"),
    ]
    told += [make_entry(3 + index, "client", "observation", f"seen {'x' * index}") for index in range(50)]
    text = "\n".join(excerpt(make_result(*told, verdict=Verdict.FAIL)))
    assert "Failed password for alice" in text
    assert "rekey" not in text


def test_what_is_said_again_and_again_is_one_line(make_entry: MakeEntry, make_result: MakeResult) -> None:
    """With how often, and until when."""
    (line,) = excerpt(make_result(*(make_entry(index, "bastion", "keepalive", f"probe {index}") for index in range(5))))
    assert line.endswith("bastion: probe 0 (×5, until 4.000)")


def test_the_conversation_is_shown_where_the_adapter_broke(make_fact: MakeFact, make_result: MakeResult) -> None:
    """Then it is what matters."""
    told = make_fact(1, "client", Request(number=1, name="hello", message="{}"))
    assert list(excerpt(make_result(told, verdict=Verdict.FAIL))) == []
    assert len(list(excerpt(make_result(told, verdict=Verdict.ERROR)))) == 1
