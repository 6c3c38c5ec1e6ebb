"""What a text of the operator says, as a careful human reads it: the stages in their order."""

from posproto import currency

from ... import modules
from . import letters, spans

# With one of these an amount that stands alone is no answer by itself.
_MORE = (spans.BALANCE, spans.DEBT, spans.ALIEN, spans.WEAK, spans.LINE, spans.HAVE)


class Format:
    """How a country writes: `style` is its decimal sign ("." or ","; "x": both are), `order` of a
    date ("ymd", "dmy", "mdy", "" unknown). From an operator's Profile; a language adds the rest.
    """

    months = fill = to = ""
    plain = b""  # words that name no thing; `joined`: they are set without spaces
    joined = False
    strict = False  # an amount needs its unit, and only `fill` before it

    def __init__(self, profile, today: int) -> None:
        self.today = today
        self.style, self.order = profile.written[0], profile.written[1:]
        self.currency = code = profile.currency
        self.exponent = currency.exponent(code)
        self.units = profile.units.strip().split("|") if profile.units.strip() else []
        if code:
            self.units.append(code.lower())


def read(profile, text: str, today: int, trace):
    """Procedure: the Reading of a whole text that the operator of a Profile wrote.

    Operators answer in English too, by their own choice or the subscriber's: the first language in
    which the text says something counts. What a text may be, language by language:
        it has facts, or speaks of another line or product alone (alien): this reading is it;
        it says nothing: the next language, and in the end the reading that was not empty;
        it has more spans than are kept: none is believed, what was cut may turn the meaning;
        it is an amount and nothing else: that is the balance.
    So "Dear customer, your balance is Ksh 42.08." is in small letters first; its words are a comma
    and `your balance`, its numbers `ksh 42.08`, four characters behind: 4208 minor units of KES.
    """
    t = yield from letters.normalised(text)
    f = Format(profile, today)
    best = None
    for name in profile.languages + (["en"] if "en" not in profile.languages else []):
        # One after the other is loaded and dropped: the words alone are the largest piece.
        found = []
        told = yield from modules.stages("credit.text.words", "find", name, t, found)
        f.months, f.strict, f.fill, f.to, f.plain, f.joined = told
        yield
        spans.stops(t, found)
        yield
        yield from modules.stages("credit.text.numbers", "find", t, f, found)
        whole = len(found) < spans.SPANS_MAX  # else what was not looked at may turn the meaning
        found = spans.resolve(found) if whole else []
        assert len(found) <= spans.SPANS_MAX
        amount = _bare(t, found)
        if amount >= 0:
            found.insert(amount, [found[amount][0], found[amount][0], spans.BALANCE, 0])
        yield
        reading = yield from modules.stages("credit.text.facts", "gather", t, f, found, trace)
        if reading.alien or reading.facts():
            return reading
        if best is None or best.empty():
            best = reading
    return best


def _bare(t, found):
    """Where among the spans the one amount stands that needs no word: alone on the first line, or
    with nothing but its last day behind it; -1 where there is none, or more is said. "KES 42.08"
    and "KES 42.08 valid until 3.6.25" are balances so, "KES 42.08 bonus" is none by this rule.
    """
    amount = -1
    dated = False
    for i in range(len(found)):
        kind = found[i][2]
        if kind == spans.MONEY and amount < 0:
            amount = i
        elif kind == spans.VALID and amount >= 0 and found[i][0] - found[amount][1] < 4:
            dated = True
        elif kind in _MORE or (amount < 0 and kind not in (spans.STOP, spans.PHONE)):
            return -1
    if amount >= 0:
        before = t[: found[amount][0]].rstrip(" -")
        after = t[found[amount][1] :].lstrip(" .!")
        if dated:
            return amount if not before or before[-1:] in ":\n" else -1
        if (before and before[-1:] != "\n") or (after and after[:1] != "\n"):
            return -1
        if before.strip():  # a number or a name stands above: then nothing but signs may follow
            for span in found[amount + 1 :]:
                if span[2] not in (spans.STOP, spans.PHONE):
                    return -1
    return amount
