"""Whom to ask and whom to believe: the operator of a SIM, by its IMSI or ICCID.

Countries and operators stand in files by region, words in files by language (posagent/operators);
of a region only the card's country and its operator are kept, of the languages one is loaded.
"""

from posproto import const

from .. import modules

_PREFIX_MIN = const(3)  # digits by which a country or an operator is known
_PREFIX_MAX = const(8)
_CHINA = ("8986", "460")  # a card's first digits (ITU-T E.118) and the country code they mean


class Profile:
    """One operator: `way` to ask, `currency`, who may speak for it, and its reading of a text.

    country: a line of a region's COUNTRIES without the code; row: of its ROWS; code: the currency
    that the config names instead of the country's.
    """

    def __init__(self, country: str, row: str, code: str = "") -> None:
        self.country = country
        self.row = row
        # `written` is the decimal sign and the order of a date.
        languages, currency, self.written, self.units = (country + " ").split(" ", 3)
        self.languages = languages.split(",")
        self.currency = code or currency.strip("-")
        _, senders, way = row.split(" ")
        self.way = way.rstrip("$?")
        self._senders = senders.split(",")

    def is_sender(self, sender: str | None):
        """Is this the operator's own number or name? Sub-numbers have up to three digits more."""
        for prefix in ("+86", "+"):
            if sender.startswith(prefix):
                sender = sender[len(prefix) :]
        for own in self._senders:
            if not own.isdigit():
                if sender.lower() == own.lower():
                    return True
            elif sender.startswith(own) and len(sender) <= len(own) + 3:
                return all("0" <= c <= "9" for c in sender)
        return False

    def read(self, text: str, today: int = 0, trace=False):
        """A Reading of a whole text; `today`: days since 1970 (0 not known), for dates without a
        year.
        """
        reading = modules.stages("credit.text.reader", "read", self, text, today, trace)
        return modules.finish(reading)


def of(c):
    """The Profile of the operator that choose() noted in the Credit `c`."""
    return Profile(c.country or "en - .", c.row or " - -", c.config["currency"])


def load(override: str, imsi: str, iccid: str, currency: str = ""):
    """The Profile of the SIM's operator; `override` stands for the IMSI (PLMN digits).

    An operator that no row names has a profile that asks and believes nobody; `currency` is the
    config's. A card that a row calls a machine's own (nobody to ask) stays one.
    """
    country = best = ""
    for digits in (override,) if override else (imsi, iccid):
        code = _CHINA[1] if digits.startswith(_CHINA[0]) else digits
        file = _region(code)
        if file is None:
            continue
        country = country or _line(file.COUNTRIES, code)[4:]
        found = _line(file.ROWS, digits)
        if found and (not best or found.endswith("-")):
            best = found
            country = _line(file.COUNTRIES, code)[4:]
    return Profile(country or "en - .", best or " - -", currency)


def _region(code):
    if code[:1] not in ("2", "3", "4", "5", "6", "7", "9") or not code:
        return None
    return modules.load("posagent.operators.region" + code[0])


def _line(lines, digits):
    """The line one of whose prefixes the digits begin with, or ""; the longest prefix wins."""
    # Searched as one text: to split it makes hundreds of strings, a fifth of a second on a board.
    for size in range(min(len(digits), _PREFIX_MAX), _PREFIX_MIN - 1, -1):
        prefix = digits[:size]
        at = lines.find(prefix)
        while at >= 0:
            start = lines.rfind("\n", 0, at) + 1
            first = at == start or lines[at - 1] == ","
            if first and at < lines.find(" ", start) and lines[at + size] in ", ":
                end = lines.find("\n", at)
                return lines[start:] if end < 0 else lines[start:end]
            at = lines.find(prefix, at + 1)
    return ""


def choose(c, imsi: str, iccid: str):
    """Note the card's operator in the Credit `c`; returns how to ask it, as the config wants."""
    config = c.config
    profile = load(config["operator"], imsi, iccid, config["currency"])
    c.country, c.row = profile.country, profile.row
    way = profile.way
    text = config["balance_text"]
    if text:
        is_ussd = text[0] in "*#"
        way = text if is_ussd else "%s:%s" % (config["balance_to"] or way.split(":")[0], text)
    by = config["balance_by"]
    if by == "auto" and not text and c.row.endswith("?"):
        return "-"  # a way that no public source confirms: only who names `sms` or `ussd` takes it
    if by == "none" or (by == "ussd" and way[0] not in "*#") or (by == "sms" and ":" not in way):
        return "-"
    assert way[0] in "-*#" or ":" in way  # nobody, a code to dial, or a number and its word
    return way
