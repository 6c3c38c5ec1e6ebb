"""What a log puts around the modem's own bytes: times before a line, arrows, names of ports."""

from __future__ import annotations

import re

# A time in the forms of terminal programs, of syslog and of a kernel; with or without brackets.
_TIME = re.compile(
    r"^\s*[\[(<]?\s*(?P<when>"
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}[ T_]+)?\d{1,2}:\d{2}:\d{2}(?:[.,:]\d{1,9})?Z?"
    r"|[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2}"
    r"|\d+\.\d{3,6}|0\d{5,9}"
    r")\s*[\])>]?(?=[\s\]\-<>:|=]|$)"
)
# Which way a line went, by arrow, word or port, between the time and the line itself.
_SIDE = re.compile(
    r"^[\s:|\-]*(?:(?:-+>|<-+|=+>|<=+|>{1,3}|<{1,3}|[\u2190\u2192\u6536\u53d1]+)[\s:|]*"
    r"|\[?(?:RX|TX|RECV|SEND|SENT|IN|OUT|READ|WRITE|UART\d*|COM\d+|tty\w+|modem|AT)\]?[<>:|]+\s*)+",
    re.IGNORECASE,
)
_ENDS = re.compile(r"(?:\\r|\\n|<cr>|<lf>|<ln>|\xe2\x90[\x8a\x8d\xa4])+$", re.IGNORECASE)


def split(raw: bytes) -> tuple[str, str]:
    """(time, or "" without one; the line itself) of one line of a log. What has neither time nor
    arrow stays as it is: words before a result are no log's, `Waiting for network... OK` is prose.
    """
    text = _ENDS.sub("", raw.decode("latin-1").strip()).strip()
    found = _TIME.match(text)
    when = found["when"] if found else ""
    rest = text[found.end() :] if found else text
    side = _SIDE.match(rest)
    if side and side.end() < len(rest):
        rest = rest[side.end() :]
    rest = rest.strip()
    if not rest:  # a number alone is an answer, no time
        return "", text
    return when, rest
