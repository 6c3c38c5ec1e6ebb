"""What a text of the operator says, as a careful human reads it.

Plain find() on words and a hand-written number reader: `re` matches bytes on MicroPython, where a
Chinese character can turn into money. Words come from the operator group in use, one line per
list (posagent/operators); the lists up to MAINTENANCE are the bits of ids.SAYS_*.
"""

from posproto import const, ids

from .calendar import day_of
from .text_numbers import digit, letter, normal, number, sentence

_BITS = const(13)
_IF = const(13)  # before a state's word in its sentence: it is a condition, not a state
_NOT_AFTER = const(14)  # behind a word or an amount: it is something else
_BALANCE = const(15)  # the spendable one first
_NOT_BEFORE = const(16)
_ALIEN = const(17)  # in the text: its amounts are another account's
_BLOCK = const(18)  # in the sentence: its amounts are no balance
_DEBT = const(19)
_UNITS = const(20)
_FILL = const(21)  # may stand between a word and its amount
_LEFT = const(22)
_USED = const(23)
_TOTAL = const(24)
_VALID = const(25)  # a date follows
_ENDS = const(26)  # a date stands before
_OTHER = const(27)  # before a phone number: it is another line
_FRAUD = const(28)
_MONTHLY = const(29)

_STATES = const(0x7F)  # bits that a condition turns into a warning; RESTORED has its own list
_DATA = "km兆gt"
_DATA_KB = (1, 1024, 1024, 1048576, 1073741824)


class Reading:
    """What stands in a text; None: not there, or not to be read with certainty."""

    says = 0  # ids.SAYS_* bits
    balance_minor = None
    currency = None
    debt_minor = None  # owed, above zero
    left_kb = None
    used_kb = None
    total_kb = None
    used_percent = None
    valid_day = None  # last day, counted from 1970
    fee_dom = None  # day of the month on which the fee is taken

    def empty(self):
        """Nothing at all was understood."""
        for value in (self.balance_minor, self.debt_minor, self.left_kb, self.valid_day):
            if value is not None:
                return False
        return not (self.says or self.fee_dom or self.used_kb or self.used_percent)


class Reader:
    """Reads texts in the words of one operator group; made when the SIM is known.

    words: the group's lists, a line each; thousands: its separators of thousands; order: "ymd",
    "dmy", or "" where a date like 04/03/16 can mean two days; currency: ISO 4217 letters and the
    number of decimals of its minor unit, such as CNY2.
    """

    def __init__(self, words, thousands, order, currency):
        self._lines = words.split("\n")
        self._thousands = thousands
        self._order = order
        self.currency = currency[:3]
        self._decimals = int(currency[3:] or 2)

    def _list(self, which):
        line = self._lines[which]
        return line.split("|") if line else ()

    def _any(self, which, text):
        for word in self._list(which):  # noqa: SIM110
            if word in text:
                return True
        return False

    def _ends(self, which, text):
        text = text.rstrip()
        for word in self._list(which):  # noqa: SIM110 (any() makes a generator)
            if text.endswith(word):
                return True
        return False

    def fraud(self, text):
        """Does a stranger's text speak of paying or of being cut off?"""
        return self._any(_FRAUD, normal(text))

    def read(self, text, today=0):
        """A Reading of a whole text; `today`: days since 1970 (0 not known), for dates without a
        year.
        """
        t = normal(text)
        r = Reading()
        r.says = self._says(t)
        other = self._other_line(t)
        if other > 1:
            r.says &= ~ids.SAYS_TOPPED_UP
        # A receipt with a number in it may be for any line.
        if not (other > 1 or (other and r.says & ids.SAYS_TOPPED_UP) or self._any(_ALIEN, t)):
            r.balance_minor, r.currency = self._only(t, _BALANCE, self._money) or (None, None)
            r.debt_minor = (self._only(t, _DEBT, self._money) or (None,))[0]
        r.left_kb = self._only(t, _LEFT, self._kb)
        r.used_kb = self._only(t, _USED, self._kb)
        r.total_kb = self._only(t, _TOTAL, self._kb)
        r.used_percent = self._only(t, _USED, self._percent)
        r.valid_day = self._valid(t, today)
        r.fee_dom = self._fee(t)
        return r

    # States

    def _says(self, t):
        says = 0
        for i in range(_BITS):
            for word in self._list(i):
                at = t.find(word)
                while at >= 0:
                    end = at + len(word)
                    if not self._starts(_NOT_AFTER, t, end):
                        if i < 8 and self._any(_IF, t[sentence(t, at)[0] : at]):
                            says |= ids.SAYS_WARNING
                        else:
                            says |= 1 << i
                    at = t.find(word, end)
        if says & (ids.SAYS_MAINTENANCE | ids.SAYS_RESTRICTED | ids.SAYS_RESTORED):
            says &= ~(_STATES & ~ids.SAYS_RESTRICTED)
        return says

    def _starts(self, which, t, at):
        """Length of the word of a list that stands at `at`, or 0."""
        for word in self._list(which):
            if t.startswith(word, at):
                return len(word)
        return 0

    def _other_line(self, t):
        """2: somebody else's number stands in the text; 1: a number that may be anybody's."""
        at = found = 0
        while at < len(t):
            end = at
            while digit(t[end : end + 1]) or t[end : end + 1] == "*":
                end += 1
            if end - at >= 7:
                found = 2 if found > 1 or self._ends(_OTHER, t[:at]) else 1
            at = end + 1
        return found

    # Amounts

    def _only(self, t, which, parse):
        """What `parse` finds behind the first word of the list that has an amount; two different
        amounts behind the same word are none.
        """
        for word in self._list(which):
            found = None
            at = t.find(word)
            while at >= 0:
                end = at + len(word)
                got = parse(t, at, end)
                if got is not None:
                    if found is not None and found != got:
                        return None
                    found = got
                at = t.find(word, end)
            if found is not None:
                return found
        return None

    def _skip(self, t, at):
        step = 1
        while step:
            step = self._starts(_FILL, t, at) or t.startswith("\n", at)
            at += step
        return at

    def _money(self, t, at, end):
        """(minor units, currency) behind a word at `at`, or None."""
        first, last = sentence(t, at)
        if self._any(_IF, t[first:at]) or self._any(_BLOCK, t[first:last]):
            return None
        if self._ends(_NOT_BEFORE, t[first:at]):
            return None
        unit = sign = 0
        while True:
            end = self._skip(t, end)
            step = self._starts(_UNITS, t, end)
            if step:
                unit = 1
            elif not sign and t.startswith("-", end):
                step = sign = 1
            else:
                break
            end += step
        got = number(t, end, self._thousands)
        if got is None:
            return None
        value, decimals, end = got
        if t.startswith(":", end) and value > 999999:  # the subscriber's number stands first
            return self._money(t, at, end + 1)
        minor = self._decimals
        rest = t[end:].strip()
        if rest in ("", ".", ",") and (decimals != minor or (not rest and "." in self._thousands)):
            return None  # more digits may have been cut off
        currency = self.currency
        end += t.startswith(" ", end)
        step = self._unit(t, end)
        if step:
            end += step
        elif t.startswith("分", end) and not decimals:
            minor = 0
            end += 1
        elif t[end : end + 3] in ("usd", "eur"):
            currency, minor = t[end : end + 3].upper(), 2
            end += 3
        elif not unit and (decimals != 2 or self._order == "ymd" or letter(t[end : end + 1])):
            return None  # two decimals are money enough, but not in China
        if not currency or digit(t[end : end + 1]) or self._starts(_NOT_AFTER, t, end):
            return None
        value *= 10**minor
        if value % 10**decimals:
            return None
        value //= 10**decimals
        return -value if sign else value, currency

    def _unit(self, t, at):
        step = self._starts(_UNITS, t, at)
        if not step and self.currency and t.startswith(self.currency.lower(), at):
            step = 3
        end = at + step
        return 0 if step and letter(t[end - 1]) and letter(t[end : end + 1]) else step

    def _kb(self, t, at, end):
        return self._volume(t, end, _DATA, _DATA_KB)

    def _percent(self, t, at, end):
        return self._volume(t, end, "%", (1,))

    def _volume(self, t, at, units, factors):
        got = number(t, self._skip(t, at), self._thousands, True)
        if got is None:
            return None
        value, decimals, end = got
        end += t.startswith(" ", end)
        kind = units.find(t[end : end + 1] or "?")
        if kind < 0 or t.startswith("min", end):
            return None
        return value * factors[kind] // 10**decimals

    # Dates

    def _valid(self, t, today):
        for word in self._list(_VALID):
            at = t.find(word)
            if at >= 0:
                day = self._date(t, self._skip(t, at + len(word)), today)
                if day:
                    return day
        for word in self._list(_ENDS):
            end = at = t.find(word)
            while at > 0 and (digit(t[at - 1]) or t[at - 1] in "年月日-/. "):
                at -= 1
            if at < end:
                return self._date(t, at, today)
        return None

    def _date(self, t, at, today):
        """The day of a date in one of three forms, or None where it is none or can be two."""
        parts = []
        mark = ""
        while len(parts) < 3:
            end = at
            while digit(t[end : end + 1]):
                end += 1
            if end == at or end - at > 4:
                break
            parts.append(int(t[at:end]))
            mark += t[end : end + 1]
            at = end + 1
            if mark[-1:] not in ("年", "月", "-", "/", "."):
                break
        if len(parts) == 2 and mark[0] == "月" and today:
            day = day_of(0, parts[0], parts[1], today)
            return day or None
        if len(parts) < 3:
            return None
        if parts[0] < 1000:
            if not self._order and parts[0] <= 12 and parts[0] != parts[1]:
                return None
            parts = [parts[2], parts[1], parts[0]]
        return day_of(parts[0] + (2000 if parts[0] < 100 else 0), parts[1], parts[2]) or None

    def _fee(self, t):
        for word in self._list(_MONTHLY):
            at = t.find(word)
            if at >= 0:
                got = number(t, at + len(word), "")
                if got and got[1] == 0 and 1 <= got[0] <= 28 and t.startswith("日", got[2]):
                    return got[0]
        return None
