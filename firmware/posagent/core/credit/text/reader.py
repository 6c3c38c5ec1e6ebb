"""What a text of the operator says, as a careful human reads it: the stages in their order."""

from ... import modules
from . import letters, marks, numbers

# With one of these an amount that stands alone is no answer by itself.
_MORE = (marks.BALANCE, marks.DEBT, marks.ALIEN, marks.WEAK, marks.LINE, marks.HAVE)


def read(profile, text, today, trace):
    """The Reading of a whole text that the operator of a Profile wrote.

    Operators answer in English too, by their own choice or the subscriber's: the first language in
    which the text says something counts.
    """
    t = letters.normal(text)
    best = None
    for name in profile.languages + (["en"] if "en" not in profile.languages else []):
        reading = _in_language(profile, name, t, today, trace)
        if reading.alien or reading.facts():
            return reading
        if best is None or best.empty():
            best = reading
    return best


def fraud(profile, text):
    """Does a stranger's text speak of paying or of being cut off?"""
    t = letters.normal(text)
    for name in profile.languages:
        for word in _language(name).FRAUD.split("|"):
            if word and word in t:
                return True
    return False


def _language(name):
    return modules.load("posagent.operators." + name)


def marked(name, t, f):
    """The marks of the language's words in the text; `f` gets what its numbers are read by. The
    word list is the largest piece of a reading: it goes with the end of this call.
    """
    words = _language(name)
    f.months, f.strict, f.fill, f.to = words.MONTHS, words.STRICT, words.FILL, words.TO
    found = marks.find(t, words.WORDS)
    marks.signed(t, getattr(words, "SIGNS", ""), found)
    return found


def _in_language(profile, name, t, today, trace):
    f = numbers.Format(profile)
    f.today = today
    found = modules.call("credit.text.reader", "marked", name, t, f)
    marks.stops(t, found)
    numbers.find(t, f, found)
    whole = len(found) < marks.MARKS_MAX  # else what was not looked at may turn the meaning
    found = marks.resolve(found) if whole else []
    amount = _bare(t, found)
    if amount >= 0:
        found.insert(amount, [found[amount][0], found[amount][0], marks.BALANCE, 0])
    # The words are gone when what judges them comes: together they would take half as much again.
    return modules.call("credit.text.facts", "gather", t, f, found, trace)


def _bare(t, found):
    """Where among the marks the one amount stands that needs no word: alone on the first line, or
    with nothing but its last day behind it; -1 where there is none, or more is said.
    """
    amount = -1
    dated = False
    for i in range(len(found)):
        kind = found[i][2]
        if kind == marks.MONEY and amount < 0:
            amount = i
        elif kind == marks.VALID and amount >= 0 and found[i][0] - found[amount][1] < 4:
            dated = True
        elif kind in _MORE or (amount < 0 and kind not in (marks.STOP, marks.PHONE)):
            return -1
    if amount >= 0:
        before = t[: found[amount][0]].rstrip(" -")
        after = t[found[amount][1] :].lstrip(" .!")
        if dated:
            return amount if not before or before[-1] in ":\n" else -1
        if (before and before[-1] != "\n") or (after and after[0] != "\n"):
            return -1
        if before.strip():  # a number or a name stands above: then nothing but signs may follow
            for mark in found[amount + 1 :]:
                if mark[2] not in (marks.STOP, marks.PHONE):
                    return -1
    return amount
