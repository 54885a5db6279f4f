r"""Makes text of adapters and servers safe to show: what would act on a terminal, a page or a CI is spelled out.

Escapes are those of Python: ``\x1b`` stands for the escape character. Line feeds and tabs stay as they are.
"""

from __future__ import annotations

import re

_ACTS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0, DEL and C1 (ECMA-48), but for tab and line feed
    "\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"  # direction, invisible characters, line separators
    "\ufff9-\ufffb\U000e0000-\U000e007f"  # annotations and tags
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"  # no characters: XML 1.0 section 2.2 and UTF-8 forbid them
    "|#(?=#[a-z]*\\[)"  # ##[error], ##vso[task], ##teamcity[
    "|(?:(?<=^)|(?<=\n))(?P<indent>[^\\S\n]*):(?=:[A-Za-z-]+[^\n]*?::)"  # ::error file=a::b
)
LONGEST = 8 << 10
"""Characters of a text that is kept of what a program said at once."""
_LINE_ENDS = re.compile("\r+\n")


def harmless(text: str) -> str:
    """Return ``text`` so that nothing in it acts: no control of a terminal, no command of a CI's log.

    It has only characters that XML 1.0 and UTF-8 allow. What is harmless already comes back as it is.
    """
    return _ACTS.sub(_spelled, _LINE_ENDS.sub("\n", text)) if _ACTS.search(text) else text


def harmless_line(text: str) -> str:
    """Return ``text`` as one line that is harmless."""
    return harmless(text).replace("\n", "\\n").replace("\t", "\\t")


def cut(text: str, longest: int = LONGEST) -> str:
    """Return ``text``, or its beginning and how many characters are left out."""
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text) - longest} more characters)"


def _spelled(found: re.Match[str]) -> str:
    indent = found["indent"] or ""
    code = ord(found[0][len(indent)])
    return indent + (f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}")
