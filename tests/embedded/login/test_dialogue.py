from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.faults.model import Kill, RotateHostKey
from harness.world.fabric import Prompt, TotpSetup

PASSWORD = Prompt("Password: ", "password")
CODE = Prompt("Verification code: ", "code")
MENU = Prompt("Passcode or option (1-3): ", "=1", echo=True)


def test_password_then_code_are_two_rounds(server: Any) -> None:
    """Each is asked hidden, in order; both right let the user in, as one try."""
    server.begin((PASSWORD,), (CODE,))
    good, asked = server.answer(["open sesame"], [server.code()])
    assert good
    assert asked == [[("Password: ", False)], [("Verification code: ", False)]]
    assert server.told("answer", "matched") == ["password", "code"]
    assert server.told("answer", "prompt") == ["Password: ", "Verification code: "]
    assert server.told("auth-tried", "method") == ["keyboard-interactive"]
    assert server.told("auth-ok", "method") == ["keyboard-interactive"]


def test_both_can_be_asked_in_one_round(server: Any) -> None:
    """Two prompts of one round take two answers, code first where that is the order."""
    server.begin((CODE, PASSWORD))
    assert server.answer([server.code(), "open sesame"]) == (
        True,
        [[("Verification code: ", False), ("Password: ", False)]],
    )


def test_password_and_code_can_be_one_answer(server: Any) -> None:
    """One prompt takes the password with the code behind it, told as a code, and neither alone."""
    server.begin((Prompt("Password & verification code: ", "password+code"),))
    assert not server.let_in(["open sesame"])
    assert not server.let_in([server.code()])
    assert server.let_in(["open sesame" + server.code(ahead=1)])
    assert server.told("answer", "matched") == ["password", "code", "code"]


@pytest.mark.parametrize("answer", ["wrong", "open sesameabcdef"])
def test_a_password_with_a_wrong_code_behind_it_is_other(server: Any, answer: str) -> None:
    """What is neither password nor code, nor both, lets nobody in."""
    server.begin((Prompt("Password & verification code: ", "password+code"),))
    assert not server.let_in([answer])
    assert server.told("answer", "matched") == ["other"]


def test_a_wrong_answer_is_told_after_the_last_round_only(server: Any) -> None:
    """As with PAM, the code is asked although the password was wrong."""
    server.begin((PASSWORD,), (CODE,))
    good, asked = server.answer(["wrong"], [server.code()])
    assert (good, len(asked)) == (False, 2)
    assert server.told("answer", "matched") == ["other", "code"]
    assert server.world.sessions("totp") == 0


@pytest.mark.parametrize("name", ["alice", "bob"])
def test_only_the_user_gets_in(server: Any, name: str) -> None:
    """Another user with the same answers does not."""
    server.begin((PASSWORD,))
    assert server.let_in(["open sesame"], name=name) is (name == "alice")


@pytest.mark.parametrize("answers", [[], ["open sesame", "open sesame"]])
def test_a_wrong_number_of_answers_is_wrong(server: Any, answers: list[str]) -> None:
    """One prompt takes one answer (RFC 4256, section 3.4)."""
    server.begin((PASSWORD,))
    assert not server.let_in(answers)


@pytest.mark.parametrize("rounds", [((),), ((), (CODE,), ())], ids=["alone", "around a code"])
def test_a_round_may_have_no_prompts(server: Any, rounds: tuple[tuple[Prompt, ...], ...]) -> None:
    """Such a round takes no answers, and must be answered all the same (RFC 4256, section 3.2)."""
    server.begin(*rounds)
    good, asked = server.answer(*[[server.code()] if prompts else [] for prompts in rounds])
    assert (good, len(asked)) == (True, len(rounds))


def test_a_menu_takes_its_literal_answer_and_is_shown(server: Any) -> None:
    """A visible prompt has its echo flag, and only the named choice is right."""
    server.begin((MENU,))
    assert not server.let_in(["2"])
    assert server.answer(["1"]) == (True, [[(MENU.text, True)]])


def test_an_unknown_prompt_takes_anything_and_tells_a_password(server: Any) -> None:
    """A client that answers a prompt that it does not know with the password is seen."""
    server.begin((Prompt("Favourite colour: ", "anything"),))
    assert all(server.let_in([answer]) for answer in ("blue", "", "open sesame"))
    assert server.told("answer", "matched") == ["other", "empty", "password"]


def test_no_event_tells_an_answer(server: Any, timeline: Any) -> None:
    """Events and the timeline hold neither right nor wrong answers."""
    server.begin((PASSWORD,), (CODE,))
    answers = server.code(), "my own secret", "open sesame"
    server.let_in(["my own secret"], [answers[0]])
    server.let_in(["open sesame"], [answers[0]])
    told = str(server.world.events("totp")) + str(timeline.entries())
    assert not [answer for answer in answers if answer in told]


def test_what_is_left_of_the_code_is_told(server: Any) -> None:
    """The event of a code has the seconds until the next one, that of a password has none."""
    server.begin((PASSWORD,), (CODE,))
    server.let_in(["open sesame"], [server.code()])
    password, passcode = (event.detail for event in server.world.events("totp") if event.kind == "answer")
    assert -30 < float(passcode["left"]) <= 30
    assert "left" not in password


@pytest.mark.parametrize("period", [30, 60])
@pytest.mark.parametrize("digits", [6, 8])
@pytest.mark.parametrize("algorithm", ["SHA1", "SHA256", "SHA512"])
def test_every_kind_of_code_is_taken(server: Any, algorithm: Any, digits: Any, period: Any) -> None:
    """The parameters are the server's."""
    totp = TotpSetup(server.totp.secret, algorithm, digits, period)
    server.begin((CODE,), totp=totp)
    assert server.let_in([server.code(totp)])


def test_a_used_code_is_refused_where_it_may_not_be_used_twice(server: Any) -> None:
    """The second login with it fails and is told as such, a fresh one gets in."""
    server.begin((CODE,), totp=replace(server.totp, reuse=False))
    present = server.code()
    assert server.let_in([present])
    assert not server.let_in([present])
    assert server.let_in([server.code(ahead=1)])
    assert server.told("answer", "matched") == ["code", "used-code", "code"]


def test_a_code_given_to_the_wrong_prompt_is_used_up(server: Any) -> None:
    """What was once sent is known to whoever asked."""
    server.begin((PASSWORD,), (CODE,), totp=replace(server.totp, reuse=False))
    present = server.code()
    assert not server.let_in([present], [present])
    assert server.told("answer", "matched") == ["code", "used-code"]


def test_a_used_code_is_taken_but_told_where_it_may_be_used_twice(server: Any) -> None:
    """Reuse is seen also by a server that lets it pass."""
    server.begin((CODE,))
    present = server.code()
    assert server.let_in([present])
    assert server.let_in([present])
    assert server.told("answer", "matched") == ["code", "used-code"]


@pytest.mark.parametrize("fault", [Kill("totp"), RotateHostKey("totp")])
def test_used_codes_are_remembered(server: Any, fault: Any) -> None:
    """Neither a restart nor other host keys make a used code good again; a new beginning does."""
    server.begin((CODE,), totp=replace(server.totp, reuse=False))
    present = server.code()
    assert server.let_in([present])
    server.world.inject(fault).heal()
    assert not server.let_in([present])
    server.begin((CODE,), totp=replace(server.totp, reuse=False))
    assert server.let_in([present])


def test_too_many_tries_in_30_seconds_are_not_let_through(server: Any) -> None:
    """With two tries, the third is asked and fails with the right code, and the log says why."""
    server.begin((CODE,), totp=replace(server.totp, tries=2))
    assert [server.let_in([answer]) for answer in ("000", "000")] == [False, False]
    assert server.answer([server.code()]) == (False, [[("Verification code: ", False)]])
    assert "too many attempts" in " ".join(server.told("log", "text"))
