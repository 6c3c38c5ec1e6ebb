"""Operator profiles: whom to ask, whom to believe, how to read an answer.

Plain find() and a hand-written number reader: `re` matches bytes on MicroPython, and a Chinese
character can turn into money there.
"""

from posproto import const
from posproto.at import Unreadable, operator

# number to ask, keyword; currency; digits that the operator's own senders begin with
_PROFILES = {
    operator.CHINA_MOBILE: (("10086", "CXYE"), "CNY", "10086"),
    operator.CHINA_UNICOM: (("10010", "CXYE"), "CNY", "10010"),
    operator.CHINA_TELECOM: (("10001", "102"), "CNY", "10001"),
    operator.CHINA_BROADNET: (("10099", "CXYE"), "CNY", "10099"),
}

# Words in front of the balance; the spendable one first.
_BALANCE = ("可用余额", "通用余额", "当前余额", "话费余额", "账户余额", "余额")
_GAP = "为是有:： "  # what may stand between the word and the number
_NOT_BALANCE = ("账单", "赠款", "验证码", "消费")
_RESTORED = ("已恢复", "已复机", "充值成功", "缴费成功")
_SUSPENDED = ("已停机", "已欠费", "已被停机", "停机状态")
_MINOR_MAX = const(100000000)

SUSPENDED = const(4)  # equal to credit.SUSPENDED


class Reading:
    """What a text says: balance_minor, state (credit.*), restored; None or False for nothing."""

    def __init__(self):
        self.balance_minor = None
        self.state = None
        self.restored = False


class Profile:
    """One operator; only the one in use is made."""

    def __init__(self, query, currency, senders):
        self.query = query
        self.currency = currency
        self._senders = senders

    def is_sender(self, sender):
        """Is this the operator's own number?"""
        return sender.startswith(self._senders)

    def read(self, text):
        """A Reading, or None when the text says nothing about this account."""
        reading = Reading()
        reading.balance_minor = _balance(text)
        reading.restored = any(word in text for word in _RESTORED)
        if not reading.restored and any(word in text for word in _SUSPENDED):
            reading.state = SUSPENDED
        if reading.balance_minor is None and reading.state is None and not reading.restored:
            return None
        return reading


def load(override, imsi, iccid):
    """The Profile of the SIM's operator, or None where nobody is known to be asked."""
    for digits in (imsi, iccid):
        try:
            owner = operator.owner(digits.encode())
        except Unreadable:
            continue
        if owner in _PROFILES:
            return Profile(*_PROFILES[owner])
    return None


def _balance(text):
    for word in _BALANCE:
        at = text.find(word)
        while at >= 0:
            minor = _amount(text, at + len(word))
            if minor is not None:
                return minor
            at = text.find(word, at + 1)
    return None


def _amount(text, at):
    """Minor units of the amount in yuan that stands at `at`, or None."""
    end = len(text)
    while at < end and text[at] in _GAP:
        at += 1
    sign = 1
    if at < end and text[at] == "-":
        sign = -1
        at += 1
    first = at
    while at < end and "0" <= text[at] <= "9":
        at += 1
    if at == first or at - first > 7:
        return None
    minor = int(text[first:at]) * 100
    if at < end and text[at] == ".":
        digits = text[at + 1 : at + 3]
        if len(digits) < 2 or not digits.isdigit():
            return None
        minor += int(digits)
        at += 3
    if at >= end or text[at] != "元" or minor > _MINOR_MAX:
        return None
    return sign * minor


def mask(text):
    """Evidence for a log: digits hidden, cut to 60 characters."""
    return "".join("#" if "0" <= c <= "9" else c for c in text[:60])
