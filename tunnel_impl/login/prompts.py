"""What a prompt of keyboard-interactive (RFC 4256) asks for, as far as its words tell.

A code never goes to a prompt for a password, a password never to one for a code; what is neither, or might be
either, is asked of the user. :mod:`tunnel_impl.login.prompt_words` has the words of each language.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from enum import Enum
from functools import cache
from itertools import accumulate, groupby, pairwise
from typing import NamedTuple

from tunnel_impl.login.prompt_words import VOCABULARY, Word

_LONGEST = 4000


class Wants(Enum):
    """What a prompt asks for."""

    PASSWORD = "password"  # noqa: S105 -- a kind of prompt
    CODE = "code"
    PASSWORD_AND_CODE = "password and code"  # noqa: S105 -- a kind of prompt
    OTHER = "something else"
    """Only the user can tell; password and code are kept from it."""


_ESCAPE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[@-_]")
_NAMES = re.compile(r"(?a:[\w.+-]*\w@[\w.-]+)|(?<!\S)(?a:[\w-]{2,}(?:\.[\w-]{2,})+)|[`\"'](?a:\w+)['\"]")
"""Users, hosts, and what stands in quotes: no words of the prompt's own."""
_URL = re.compile(r"https?://|www\.")
_LIST_ITEM = re.compile(r"\s*(?:[\[(<]?\d{1,2}[\])>.:-]{1,2}|[\[(]?[a-z][\])])(?:\s+\S|[^\W\d_])")
_INLINE_LIST = re.compile(r"\b1[\])>.:=].*\b2[\])>.:=]|\b1\s*[-/,~]\s*[2-9]\b|\[[a-z]\]\w.*\[[a-z]\]\w")
_YES_OR_NO = re.compile(r"[\[(<]\s*\w\s*/\s*\w\s*[\])>]")
_AND_ENTER = re.compile(r"(?:,|\band|\bthen|\s)+(?:press|hit)\s+(?:the\s+)?(?:enter|return)(?:\s+key)?\b")
_LONGEST_QUESTION = 3
"""In words: "Verification code?" is a prompt, "Shall I send a code?" is a question."""
_DEPENDS = {
    "challenge",
    "s/key",
    "skey",
    "otpmd5",
    "otpsha1",
    "opie",
    "qrcode",
    "二维码",
    "desafio",
    "defi",
    "チャレンジ",
    "챌린지",
    "质询",
    "挑战",
}
"""What makes an answer depend on the message before its prompt."""
_VAGUE = {
    "2fa",
    "mfa",
    "twofactor",
    "2factor",
    "multifactor",
    "twostep",
    "token",
    "tokens",
    "authenticator",
    "code",
    "codes",
    "securid",
}
"""Words for codes that messages have also before a prompt for the password."""
_SHORT = {"o", "u", "of"}
_ALPHABET = re.compile("[a-z\u00df-\u024f\u0370-\u03ff\u0400-\u052f]")
_LONGEST_WORD = 64
_SPELT = str.maketrans({"ł": "l", "ø": "o", "ı": "i", "æ": "ae", "đ": "d", "\u0307": ""})


def classify(text: str, *, echo: bool, heading: str = "") -> Wants:
    """Return what a prompt asks for; ``echo`` tells that the answer may be shown, as no password may.

    The last line with a letter in it decides. What stands before it, in the prompt or in the ``heading`` of its
    round (RFC 4256 §3.2, name and instruction), can only make the prompt one for the user: by a menu, a challenge,
    a new password to be chosen, or words for a code above the word password.
    """
    *before, line = ("", *_lines(heading[-_LONGEST:]), *(_lines(text[-_LONGEST:]) or [""]))
    if _is_choice(line, before) or _depends_on(before):
        return Wants.OTHER
    wanted = _wanted(tuple(word for word, _ in _found(_AND_ENTER.sub(" ", line))))
    if wanted in {Wants.PASSWORD, Wants.PASSWORD_AND_CODE} and (echo or _is_not_the_password(before)):
        return Wants.OTHER
    return wanted


def _wanted(words: tuple[Word, ...]) -> Wants:
    if Word.OTHER in words or (Word.PASSWORD in words and Word.NEW in words):
        return Wants.OTHER
    either = [_kinds(group) for is_or, group in groupby(words, lambda word: word is Word.OR) if not is_or]
    if Word.OR in words:
        whole = words[0] is not Word.OR and words[-1] is not Word.OR
        if whole and set(either) == {(Word.PASSWORD,)}:
            return Wants.PASSWORD
        accepts_codes = (Word.CODE,) in either and set(either) <= {(Word.CODE,), (Word.RECOVERY,)}
        return Wants.CODE if whole and accepts_codes else Wants.OTHER
    match _kinds(words):
        case (Word.CODE,):
            return Wants.CODE
        case (Word.PASSWORD,):
            return Wants.PASSWORD
        case (Word.PASSWORD, Word.AND, Word.CODE):
            return Wants.PASSWORD_AND_CODE
        case _:
            return Wants.OTHER


def _kinds(words: Iterable[Word]) -> tuple[Word, ...]:
    """Return the kinds of answer that ``words`` name, in order; AND only where it joins two different ones."""
    kinds: list[Word] = []
    joined = False
    for word in words:
        if word is Word.AND:
            joined = True
        elif word is not Word.NEW:
            if not kinds or kinds[-1] is not word:
                kinds += [Word.AND] if kinds and joined else []
                kinds.append(word)
            joined = False
    return tuple(kinds)


def _is_choice(line: str, before: list[str]) -> bool:
    """Tell whether the user has to choose or go somewhere: a menu, yes or no, a question, a page to visit."""
    is_question = line.rstrip().endswith("?") and len(line.split()) > _LONGEST_QUESTION
    is_listed = any(map(_LIST_ITEM.match, before)) or _INLINE_LIST.search(line)
    return bool(is_question or is_listed or _YES_OR_NO.search(line) or _URL.search(line))


def _depends_on(before: list[str]) -> bool:
    return any(name in _DEPENDS for line in before for _, name in _found(line))


def _is_not_the_password(before: list[str]) -> bool:
    """Tell whether the message before a prompt makes its "password" a new one, or a code."""
    for line in before:
        found = _found(line)
        words = {word for word, _ in found}
        if {Word.NEW, Word.PASSWORD} <= words and Word.OTHER not in words:
            return True
        if any(word in {Word.CODE, Word.RECOVERY} and name not in _VAGUE for word, name in found):
            return True
    return False


def _lines(text: str) -> list[str]:
    """Return the lines that have a letter, in small letters and without what only decorates them."""
    plain = "".join(one for one in _ESCAPE.sub("", text) if unicodedata.category(one) != "Cf")
    plain = unicodedata.normalize("NFKC", plain).casefold().replace("’", "'")
    return [line for line in plain.splitlines() if any(map(str.isalpha, line))]


def _found(line: str) -> list[tuple[Word, str]]:
    """Return the words of the vocabulary in ``line``, in order, each with its spelling.

    A slash between two of them is an OR; short words for "or" count only between two others.
    """
    text = _spelt(_NAMES.sub(" ", line))
    places = _places(text)
    gaps = [text[one.end : following.start].strip() for one, following in pairwise(places)]
    found = []
    for number, place in enumerate(places):
        if number and gaps[number - 1] in {"/", "|"}:
            found.append((Word.OR, "/"))
        if place.name not in _SHORT or (0 < number < len(gaps) and not gaps[number - 1] and not gaps[number]):
            found.append((_vocabulary()[place.name].word, place.name))
    return found


class _Match(NamedTuple):
    start: int
    end: int
    name: str


def _places(text: str) -> list[_Match]:
    """Return where in ``text`` words of the vocabulary stand, the longest at each place."""
    known, found, start = _vocabulary(), list[_Match](), 0
    while start < len(text):
        longest = None
        name, blanks = "", set[int]()
        for end in range(start, min(start + _LONGEST_WORD, len(text))):
            if text[end] == " ":
                blanks.add(len(name))
                continue
            name += text[end]
            meaning = known.get(name)
            if meaning and blanks <= meaning.blanks and _stands_alone(text, start, end + 1):
                longest = _Match(start, end + 1, name)
        if longest:
            found.append(longest)
        start = longest.end if longest else start + 1
    return found


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Tell whether no word goes on before or after; scripts that write without blanks do not know."""
    return not any(
        0 < border < len(text) and _ALPHABET.match(text[border - 1]) and _ALPHABET.match(text[border])
        for border in (start, end)
    )


def _spelt(text: str) -> str:
    """Return ``text`` in the spelling of the vocabulary: no case, accents, hyphens or underscores."""
    letters = []
    for letter in unicodedata.normalize("NFKC", text).casefold():
        parts = unicodedata.normalize("NFD", letter)
        letters.append(parts[0] if len(parts) > 1 and parts < _FIRST_BEYOND_CYRILLIC else letter)
    plain = "".join(letters).translate(_SPELT)
    return re.sub(r"\s+", " ", re.sub(r"[_\-\u2010-\u2015]+", " ", plain))


_FIRST_BEYOND_CYRILLIC = "\u0530"


class _Meaning(NamedTuple):
    word: Word
    blanks: frozenset[int]
    """Where its spelling may have blanks."""


@cache
def _vocabulary() -> dict[str, _Meaning]:
    """Return what each word means by its spelling without blanks."""
    known: dict[str, _Meaning] = {}
    for word, entries in VOCABULARY:
        for entry in entries:
            *parts, last = _spelt(entry).split(" ")
            blanks = frozenset(accumulate(map(len, parts)))
            name = "".join((*parts, last))
            known[name] = _Meaning(word, blanks | (known[name].blanks if name in known else frozenset()))
    return known
