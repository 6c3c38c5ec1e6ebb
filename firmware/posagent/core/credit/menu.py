"""Goes on with an operator's SMS menu: which of its items is the balance, and may it be chosen?

An item is chosen by the path that the way names (`10086:CXYE>1,101`), else only when its whole
label means the balance, and no other one does. A query has two answers at most, each number once.
"""

from posproto import const

from .. import modules
from .text.letters import digit, letter, normal

_REPLIES_MAX = const(2)  # of one query
_NUMBER_MAX = const(4)  # digits
_ITEMS_MAX = const(40)
_BETWEEN = " .:)-=,'\""  # a number and its label
_ENDS = ",;。.!?\n()【】[]"


def heard(c, sender: str | None, text: str, age_s: int) -> None:
    """The answer that is awaited may be a menu: then c.reply says how to go on."""
    number, _, words = c.way.partition(":")
    if age_s >= c.answer_s:
        return  # it answers an earlier query
    if not words or number not in sender or "$" in c.row or len(c.replies) >= _REPLIES_MAX:
        return
    t = normal(text)
    found = items(t)
    words = words.split("/")
    path = words[c.keyword % len(words)].partition(">")[2]
    reply = ""
    if path:
        path = path.split(",")
        reply = path[len(c.replies)] if len(c.replies) < len(path) else ""
        if reply not in [one for one, _ in found]:
            return
    else:
        languages, _, _, units = (c.country + "    ").split(" ", 3)
        if _priced(found, units.split("|")):
            return
        for name in languages.split(","):
            if name and not reply:
                reply = _balance(t, found, modules.load("posagent.operators." + name))
        if reply in c.replies:
            return
    if reply:
        assert len(c.replies) < _REPLIES_MAX and len(reply) <= _NUMBER_MAX
        c.replies.append(reply)
        c.reply = reply
        c.asked_s = None
        c.next_s = c.clock.s


def items(t: str):
    """(number, label) of each item of a normal text, [] of one that is no menu: two items at
    least, no number twice.
    """
    found = []
    seen = []
    at = 0
    while at < len(t):
        begin = at
        while digit(t[at : at + 1]):
            at += 1
        end = at
        if begin == end:
            at += 1
            continue
        if t[at : at + 1] == "." and digit(t[at + 1 : at + 2] or "-"):  # an amount or a date
            while digit(t[at : at + 1]) or t[at : at + 1] == ".":
                at += 1
            continue
        while at < len(t) and t[at : at + 1] in _BETWEEN:
            at += 1
        label = at
        while at < len(t) and not digit(t[at : at + 1]) and t[at : at + 1] not in _ENDS:
            at += 1
        if at == label or end - begin > _NUMBER_MAX:
            continue
        if t[begin:end] in seen or len(found) >= _ITEMS_MAX:
            return []
        seen.append(t[begin:end])
        # What is cut by a digit or a bracket says more than its label ("balance (1 yuan)").
        whole = at == len(t) or t[at : at + 1] not in "(["
        found.append((t[begin:end], t[label:at] if whole else ""))
    return found if len(found) > 1 else []


def _priced(found, units):
    """Is one of the numbers an amount of money?"""
    for _, label in found:
        for unit in units:
            unit = unit.strip()
            if unit and label.startswith(unit) and not letter(label[len(unit) : len(unit) + 1]):
                return True
    return False


def _balance(t, found, words):
    """The number of the one item whose whole label means the balance in a language, or ""."""
    menu = getattr(words, "MENU", "")
    if not menu:
        return ""
    fill, own, never = menu.split("/")
    for _, label in found:
        t = t.replace(label, " ", 1) if label else t
    for word in never.split("|"):
        if word in t:
            return ""  # a menu of something to pay for
    at = words.WORDS.find("\nbalance ") + 9
    end = words.WORDS.find("\n", at)
    own = (own + "|" + words.WORDS[at:end]).split("|")
    reply = ""
    for number, label in found:
        label = label.strip(" -,")
        for word in fill.split("|"):
            label = label.replace(word, "").strip()
        if label and label in own:
            if reply:
                return ""
            reply = number
    return reply
