"""A configuration file as directives: keyword, arguments, and where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tunnel_impl.errors import TunnelError
from tunnel_impl.files import read_regular

_LARGEST = 1 << 20
_BLANK = " \t\r\f\n"
_QUOTED = re.compile(r'([^ \t\r\f="]*)"([^"]*)"[ \t\r\f]*(.*)', re.DOTALL)
"""A keyword in quotes: behind it a ``=`` belongs to the argument (OpenSSH's misc.c, strdelim)."""
_PLAIN = re.compile(r'([^ \t\r\f="]+)()[ \t\r\f]*=?[ \t\r\f]*(.*)', re.DOTALL)


@dataclass(frozen=True)
class Directive:
    """One line. ``keyword`` is in lower case, ``written`` as in the file; ``text`` is all that follows it."""

    keyword: str
    written: str
    text: str
    file: Path
    line: int

    @property
    def where(self) -> str:
        """Return ``file:line``."""
        return f"{self.file}:{self.line}"

    def error(self, advice: str) -> TunnelError:
        """Return the complaint about this line."""
        return TunnelError("bad-profile", f"{self.where}: {self.written}: {advice}")

    def complaint(self, advice: str) -> TunnelError:
        """Return a complaint that does not quote the line, which may be from a file of secrets."""
        return TunnelError("bad-profile", f"{self.where}: {advice}")

    def check_quotes(self) -> None:
        """Raise TunnelError for an open quote, or where nothing follows the keyword."""
        self.split()
        if not self.text.strip(_BLANK):
            raise self.error("its argument is missing; add it, or remove the line")

    def split(self) -> tuple[str, ...]:
        """Return the arguments, quotes removed, up to a comment; there may be none. Raises TunnelError."""
        return tuple(_words(self))

    def words(self) -> tuple[str, ...]:
        """Return the arguments, quotes removed, up to a comment. Raises TunnelError for an open quote, or none."""
        found = self.split()
        if not found:
            raise self.error("its argument is missing; add it, or remove the line")
        return found

    def word(self) -> str:
        """Return the only argument. Raises TunnelError."""
        found = self.words()
        if len(found) > 1:
            raise self.error(f"it takes one argument, and {found[1]!r} is one too many; quote it, or remove it")
        if not found[0]:
            raise self.error("its argument is empty; fill it in, or remove the line")
        return found[0]


def directives(file: Path) -> Iterator[Directive]:
    """Read ``file``. Raises OSError, and TunnelError for a line that is not a directive."""
    try:
        text = read_regular(file, _LARGEST).decode(errors="replace")
    except ValueError as error:
        raise TunnelError("bad-profile", f"{str(file)!r} is not a file name; choose a file that can be read") from error
    for number, line in enumerate(text.split("\n"), start=1):
        content = line.strip(_BLANK)
        if not content or content.startswith("#"):
            continue
        match = _QUOTED.match(content) or _PLAIN.match(content)
        if match is None or "\0" in content:
            raise TunnelError("bad-profile", f"{file}:{number}: this is not a keyword with arguments; fix the line")
        written = match[1] + match[2]
        yield Directive(written.lower(), written, match[3], file, number)


def _words(directive: Directive) -> Iterator[str]:
    """Split as OpenSSH does: blanks separate, ' and " quote, a backslash escapes a quote, itself and a blank."""
    text, at = directive.text, 0
    while at < len(text):
        if text[at] in _BLANK:
            at += 1
            continue
        if text[at] == "#":
            return
        word, at = _word(directive, text, at)
        yield word


def _word(directive: Directive, text: str, at: int) -> tuple[str, int]:
    word: list[str] = []
    quote = ""
    while at < len(text) and (quote or text[at] not in _BLANK):
        character = text[at]
        following = text[at + 1 : at + 2]
        if character == "\\" and following and (following in "\"'\\" or (not quote and following == " ")):
            word.append(following)
            at += 1
        elif quote and character == quote:
            quote = ""
        elif not quote and character in "\"'":
            quote = character
        else:
            word.append(character)
        at += 1
    if quote:
        raise directive.error(f"a quote {quote} is not closed; close it")
    return "".join(word), at
