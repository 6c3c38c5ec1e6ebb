"""Whom to ask and whom to believe: the operator of a SIM, by its IMSI or ICCID.

Operators stand in groups by language (posagent/operators); only the group of the SIM is loaded,
and of its rows only the one that fits is kept.
"""

from .. import modules
from . import text_numbers, text_reader

# Group of a country code (MCC, ITU-T E.212) or of the first digits of a card (ITU-T E.118).
_GROUPS = (
    "zh 460 8986|"
    "ru 250 255 257 283 400 401 434 436 437 438|"
    "latin 202 204 206 208 214 222 226 228 230 231 232 240 244 246 247 248 260 262 268 270 286"
    " 334 432 452 510 514 602 604 605 607 608 609 610 611 612 613 614 615 616 617 618 624 626 627"
    " 628 629 630 631 643 646 647 704 706 708 710 712 714 716 722 724 730 732 734 736 740 744 748"
)


class Profile:
    """One operator: its Reader, `way` to ask, `currency`, and who may speak for it."""

    def __init__(self, name, row):
        fields = row.split(" ")
        self.group = name
        self.row = row
        self.reader = _reader(name, fields[1])
        self.currency = fields[1][:3]
        self.way = fields[3].rstrip("$")
        self._senders = fields[2].split(",")

    def is_sender(self, sender):
        """Is this the operator's own number or name? Sub-numbers have up to three digits more."""
        for prefix in ("+86", "+"):
            if sender.startswith(prefix):
                sender = sender[len(prefix) :]
        for own in self._senders:
            if not own.isdigit():
                if sender.lower() == own.lower():
                    return True
            elif sender.startswith(own) and len(sender) <= len(own) + 3:
                return all(text_numbers.digit(c) for c in sender)
        return False


def load(override, imsi, iccid, currency=""):
    """The Profile of the SIM's operator; `override` stands for the IMSI (PLMN digits).

    An operator that no row names has a profile that asks and believes nobody; `currency` is the
    config's. A card that a row calls a machine's own (nobody to ask) stays one.
    """
    name = best = ""
    for digits in (override,) if override else (imsi, iccid):
        if not digits:
            continue
        name = name or _group_of(digits)
        for row in group(_group_of(digits)).ROWS.split("\n"):
            for prefix in row[: row.find(" ")].split(","):
                known = prefix and digits.startswith(prefix)
                if known and (not best or row.endswith("-")):
                    best = row
                    name = _group_of(digits)
    return Profile(name or "en", best or " %s - -" % currency)


def _reader(name, currency):
    words = group(name)
    return text_reader.Reader(words.WORDS, words.THOUSANDS, words.ORDER, currency)


def choose(c, imsi, iccid):
    """Note the card's operator in the Credit `c`; returns how to ask it, as the config wants."""
    config = c.config
    profile = load(config["operator"], imsi, iccid, config["currency"])
    c.group, c.row = profile.group, profile.row
    way = profile.way
    text = config["balance_text"]
    if text:
        is_ussd = text[0] in "*#"
        way = text if is_ussd else "%s:%s" % (config["balance_to"] or way.split(":")[0], text)
    by = config["balance_by"]
    if by == "none" or (by == "ussd" and way[0] not in "*#") or (by == "sms" and ":" not in way):
        return "-"
    return way


def read(c, sender, text, sure):
    """(Reading, masked text) of the operator's text; (None, masked) of a stranger's that may be
    fraud, (None, "") of any other. A text that is not `sure` has no numbers.
    """
    profile = Profile(c.group or "en", c.row or " - - -")
    masked = text_numbers.mask(text)
    if sender is not None and not profile.is_sender(sender):
        return None, masked if profile.reader.fraud(text) else ""
    reading = profile.reader.read(text, c.today())
    if reading.empty():
        # Many operators answer in English too, by their own choice or the subscriber's.
        reading = _reader("en", profile.row.split(" ")[1]).read(text, c.today())
    if not sure:
        reading.balance_minor = reading.debt_minor = reading.left_kb = None
    if reading.balance_minor is None and reading.debt_minor:
        reading.balance_minor, reading.currency = -reading.debt_minor, profile.currency
    return reading, masked


def _group_of(digits):
    for line in _GROUPS.split("|"):
        for prefix in line.split(" ")[1:]:
            if digits.startswith(prefix):
                return line[: line.find(" ")]
    return "en"


def group(name):
    """The module of a language group."""
    return modules.load("posagent.operators." + name)
