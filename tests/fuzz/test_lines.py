"""Whatever an adapter sends is a message, or a breach that is told in one sentence."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from harness.adapter.conversation import Conversation
from harness.errors import AdapterBroken
from harness.timeline import Timeline
from tests.fuzz.conftest import spoiled

_LINES = [
    '{"id":1,"ok":{"protocol":1,"implementation":{"name":"x","version":"1","language":"C"},"supports":["auth.key"]}}',
    '{"id":2,"error":{"code":"auth-failed","message":"no","hop":0}}',
    '{"id":2,"unsupported":"auth.agent"}',
    '{"event":"state","tunnel":"t1","state":"failed","error":{"code":"internal","message":"no"}}',
    '{"event":"banner","tunnel":"t1","hop":0,"text":"hello"}',
    '{"ask":1,"tunnel":"t1","kind":"prompt","hop":0,"text":"Code: ","echo":false,"name":"","instruction":""}',
    (
        '{"ask":2,"tunnel":"t1","kind":"host-key","hop":0,"host":"h","port":22,"type":"ssh-ed25519",'
        '"fingerprint":"SHA256:x","status":"unknown","known":null}'
    ),
]


@settings(settings.get_profile("tunspec"))
@given(line=spoiled(_LINES))
def test_a_line(line: bytes) -> None:
    """What is kept of it can be shown."""
    timeline = Timeline()
    said = Conversation("fuzzed", timeline, lambda _question: None, lambda _line: None, lambda: None)
    said.knows("t1")
    understood = said.heard(line.replace(b"\n", b" "))
    said.join_answerers()
    if not understood:
        with pytest.raises(AdapterBroken) as broken:
            said.check()
        assert len(str(broken.value)) < 5000
    for entry in timeline.entries():
        assert entry.text.encode()
        assert "\x1b" not in entry.text
