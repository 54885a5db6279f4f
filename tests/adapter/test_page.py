"""The protocol's page says what the driver sends, what it takes, and what the defaults are."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
from pydantic import TypeAdapter

from harness.adapter import profile as wire
from harness.adapter import protocol, schemas
from harness.adapter.reading import read, result
from tunnel_impl.profile import GeneratedTotp, Profile

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "adapter-protocol.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(?:json)?\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
PROFILE = next(block for block in BLOCKS if block.startswith('{"name":'))
OK_FORMS: dict[str, TypeAdapter[Any]] = {
    "hello": TypeAdapter(protocol.HelloOk),
    "open": TypeAdapter(protocol.OpenOk),
    "status": TypeAdapter(protocol.StatusOk),
    "import-url": TypeAdapter(protocol.ImportUrlOk),
    "import-config": TypeAdapter(protocol.ImportConfigOk | protocol.ImportConfigHosts),
}
EMPTY = TypeAdapter(protocol.Empty)


def lines(arrow: str) -> list[str]:
    """Return the messages of one direction in the page's conversations, each on a line of its own."""
    text = "\n".join(BLOCKS).replace("\n   ", " ")
    found = re.findall(rf"^{arrow} (.*)$", text, re.MULTILINE)
    return [line.replace("{…}", PROFILE.replace("\n", " ")) for line in found]


def rows() -> list[tuple[str, str]]:
    """Return request and ``ok`` of each row in the table of requests."""
    found = re.findall(r'^\| `(\{"id".*?\})` \| (.*?) \|', PAGE, re.MULTILINE)
    return [
        (request.replace("{…}", PROFILE.replace("\n", " ")), ok.strip("`")) for request, ok in found if "do" in request
    ]


def table(heading: str) -> list[list[str]]:
    """Return the rows of the table after a line that begins with ``heading``."""
    after = PAGE.partition(f"\n{heading}")[2]
    body = re.search(r"^\|[-|]+\|\n((?:\|.*\n)+)", after, re.MULTILINE)
    assert body
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in body[1].splitlines()]


def named(cells: list[str]) -> list[str]:
    """Return what stands between backticks."""
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


def is_sent_like_that(text: str) -> bool:
    """Tell whether the driver would send exactly this: the same keys, none left out."""
    said = json.loads(text)
    if said.get("do", "").startswith("made-up"):
        return True
    name = "answer" if "answer" in said else said["do"]
    jsonschema.validate(said, schemas.documents()[name])
    return bool(json.loads(protocol.to_adapter.validate_json(text, strict=True).model_dump_json()) == said)


@pytest.mark.parametrize("line", [*lines("→"), *(request for request, _ in rows())])
def test_what_the_page_sends_is_what_the_driver_sends(line: str) -> None:
    """Whoever writes an adapter to the page gets these keys."""
    assert is_sent_like_that(line)


@pytest.mark.parametrize("line", lines("←"))
def test_what_the_page_answers_is_taken(line: str) -> None:
    """Whoever copies a line from the page breaks no rule."""
    said = read(line.encode())
    if isinstance(said, protocol.ReplyOk) and said.ok:
        forms = [form for form in OK_FORMS.values() if _fits(form, said.ok)]
        assert forms


@pytest.mark.parametrize(("request_", "ok"), rows(), ids=[json.loads(request)["do"] for request, _ in rows()])
def test_the_answer_of_each_row_fits_its_request(request_: str, ok: str) -> None:
    """An answer that is told elsewhere is named ``below``."""
    if "below" not in ok:
        result(OK_FORMS.get(json.loads(request_)["do"], EMPTY), json.loads(ok))


def _fits(form: TypeAdapter[Any], ok: dict[str, Any]) -> bool:
    try:
        form.validate_python(ok)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(("kind", "key"), [(wire.Auth, "method"), (wire.Totp, "mode")], ids=["auth", "totp"])
def test_every_form_of_a_login_is_there_with_all_its_keys(kind: Any, key: str) -> None:
    """As the driver would send it."""
    form: TypeAdapter[Any] = TypeAdapter(kind)
    found = [json.loads(text) for text in re.findall(rf'`(\{{"{key}":[^`]*\}})`', PAGE.replace("\n  ", " "))]
    assert {one[key] for one in found} == set(form.json_schema()["discriminator"]["mapping"])
    assert [form.validate_python(one).model_dump() for one in found] == found


@pytest.mark.parametrize(
    ("heading", "names"),
    [("## Features", protocol.Feature), ("## Error codes", protocol.ErrorCode)],
    ids=["features", "codes"],
)
def test_every_name_has_its_row(heading: str, names: Any) -> None:
    """And no row is about a name that is gone."""
    assert sorted(named([row[0] for row in table(heading)])) == sorted(get_args(names))


def test_every_state_is_named() -> None:
    """In the sentence that lists them."""
    [sentence] = re.findall(r"^States: (.*?)\. ", PAGE, re.MULTILINE)
    assert tuple(named([sentence])) == get_args(protocol.State)


def test_the_defaults_are_those_of_the_reference() -> None:
    """Which is judged by every scope."""
    given = json.loads(PROFILE.replace("…", "x"))
    totp = {"mode": "generate", "secret": "JBSWY3DPEHPK3PXP", "algorithm": None, "digits": None, "period": None}
    last = Profile.parse({**given, "jumps": [], "totp": totp, "ssh": {**given["ssh"], "port": None}})
    generated = last.hops[0].totp
    assert isinstance(generated, GeneratedTotp)
    values = {
        "ssh.port": last.hops[0].port,
        "keepalive.interval": last.keepalive.interval,
        "keepalive.count": last.keepalive.count,
        "reconnect.attempts": last.reconnect.attempts,
        "reconnect.first_delay": last.reconnect.first_delay,
        "reconnect.max_delay": last.reconnect.max_delay,
        "timeouts.connect": last.timeouts.connect,
        "timeouts.open": last.timeouts.open,
        "totp.algorithm": generated.algorithm,
        "totp.digits": generated.digits,
        "totp.period": generated.period,
    }
    said: dict[str, str] = {}
    for keys, default, *_ in table("### Defaults"):
        said |= dict(zip(named([keys]), re.findall(r"\w+", default.replace("and", "")), strict=False))
    assert {key: said[key] for key in values} == {
        key: f"{value:g}" if isinstance(value, int | float) else value for key, value in values.items()
    }
