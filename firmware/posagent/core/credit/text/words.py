"""Every known word of a text, by the lists of an operator's language.

A list is a line `name word|word`, its name one of spans.KINDS. Words of scripts with spaces match
where a word begins; a word that starts with ~ also inside of one, and one that ends with ~ only
where it ends.

All is looked for as bytes: a board compares each new string with every name that it knows, which
takes half a millisecond, and a language has hundreds of words.
"""

from posproto import const

from ... import modules
from .spans import ALIEN, KINDS, SPANS_MAX

_STAGE = const(96)  # words of one stage, looked for or found
_ANYWHERE = const(126)  # "~"


def find(name: str, t: str, spans: list):
    """Procedure: append [at, end, kind, rank in its list] to `spans` for every word of the
    language `name` in the normal text `t`; returns what its numbers and subjects are read by:
    (MONTHS, STRICT, FILL, TO, PLAIN, JOINED).
    """
    language = modules.load("posagent.operators." + name)
    yield
    raw = t.encode()
    yield from _find(raw, language.WORDS, spans)
    own = getattr(language, "SIGNS", "")
    if own:
        signed(raw, own.encode().split(b"|"), spans)
    if len(raw) != len(t):
        _place(raw, spans)
    plain, joined = language.PLAIN.encode(), getattr(language, "JOINED", False)
    return language.MONTHS, language.STRICT, language.FILL, language.TO, plain, joined


def fraud(name: str, t: str):
    """Procedure: does a text speak of paying or of being cut off, in the language `name`?"""
    language = modules.load("posagent.operators." + name)
    yield
    raw = t.encode()
    return any(word and word in raw for word in language.FRAUD.encode().split(b"|"))


def _find(raw, lists, spans):
    left = _STAGE
    for line in lists.split("\n"):
        at = line.find(" ")
        kind = KINDS.index(line[:at])
        rank = -1
        for word in line.encode()[at + 1 :].split(b"|"):
            rank += 1
            if word[0] == _ANYWHERE or word[-1] == _ANYWHERE or word in raw:
                left += len(spans)
                _occurrences(raw, word, kind, rank, spans)
                left -= len(spans)
            left -= 1
            if left <= 0:
                left = _STAGE
                yield


def _occurrences(raw, word, kind, rank, spans):
    inside = word[0] == _ANYWHERE
    whole = word[-1] == _ANYWHERE
    if inside or whole:
        word = word[1 if inside else 0 : len(word) - whole]
    begins = not inside and _begins_letter(word, 0)
    at = raw.find(word)
    while at >= 0 and len(spans) < SPANS_MAX:
        end = at + len(word)
        if not (begins and _ends_letter(raw, at)) and not (whole and _begins_letter(raw, end)):
            spans.append([at, end, kind, rank])
        at = raw.find(word, end)


def _begins_letter(raw, at):
    """Does a letter of a script that writes words apart begin at `at`? (letters.letter())"""
    if at >= len(raw):
        return False
    byte = raw[at]
    if byte < 128:
        return 97 <= byte <= 122
    # U+0430 to U+04FF
    return 0xD1 <= byte <= 0xD3 or (byte == 0xD0 and raw[at + 1] >= 0xB0)


def _ends_letter(raw, at):
    """Does such a letter end before `at`?"""
    if at < 1:
        return False
    byte = raw[at - 1]
    if byte < 128:
        return 97 <= byte <= 122
    return _begins_letter(raw, at - 2)


def signed(raw: bytes, own, spans: list) -> None:
    """A 【signature】 or heading without any word of `own` is another sender's."""
    opens, closes = "【".encode(), "】".encode()
    begin = raw.find(opens)
    while begin >= 0:
        end = raw.find(closes, begin)
        heading = raw[begin:end]
        for word in own:
            if end < 0 or word in heading:
                break
        else:
            spans.append([begin, end, ALIEN, 0])
        begin = raw.find(opens, begin + 1)


def _place(raw, spans):
    """Turn places in bytes into places in characters."""
    places = {}
    for span in spans:
        places[span[0]] = places[span[1]] = 0
    at = characters = 0
    for byte in raw:
        if not 128 <= byte < 192:
            if at in places:
                places[at] = characters
            characters += 1
        at += 1
    if at in places:
        places[at] = characters
    for span in spans:
        span[0], span[1] = places[span[0]], places[span[1]]
        assert span[0] <= span[1] <= characters
