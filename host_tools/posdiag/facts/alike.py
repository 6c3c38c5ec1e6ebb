"""Groups of messages that are alike: a person reads one line, not twenty-five.

Every list of messages goes through here: settlement, money, page and report.
"""

from __future__ import annotations

from collections.abc import Iterable

from posproto import ids

from ..show.i18n import Texts
from ..show.words import listed, message_words, span
from .messages import OutboxMessage, Settlement, message_line, standing
from .money import money_key

_FOLDED_FROM = 3
# The payment provider is asked about each of these by its own numbers: they stay single.
_EACH = (ids.MS_UNKNOWN, ids.MS_EXPIRED)
_REVERSALS = (40, 42)


def alike(settlement: Settlement, messages: Iterable[OutboxMessage]) -> list[list[OutboxMessage]]:
    """Groups in the order of the first of each: three or more that differ in nothing but their
    numbers and times are one, the others stand alone.
    """
    kinds: dict[object, list[OutboxMessage]] = {}
    for place, message in enumerate(messages):
        fields = message.fields
        is_single = message.state in _EACH or message.mti // 10 in _REVERSALS
        same = tuple(fields.get(name) for name in ("mti", "state", "batch", "f39", "why"))
        kinds.setdefault(
            place if is_single else (*same, money_key(settlement, message)), []
        ).append(message)
    groups: list[list[OutboxMessage]] = []
    for kind in kinds.values():
        groups += [kind] if len(kind) >= _FOLDED_FROM else [[one] for one in kind]
    return groups


def group_line(texts: Texts, settlement: Settlement, group: list[OutboxMessage]) -> str:
    """A group in a line; of several their count, the first and last number, the latest age."""
    first, last = group[0], group[-1]
    if len(group) == 1:
        return message_line(texts, first, settlement.codes)
    words = [texts.get("field", "times", words=message_words(texts, first.mti), n=len(group))]
    ends = [one.fields.get("stan") for one in (first, last)]
    if all(ends):
        words.append(texts.get("field", "stans", first=f"{ends[0]:06d}", last=f"{ends[1]:06d}"))
    if first.fields.get("batch"):
        words.append(f"{texts.get('field', 'batch')} {first.fields['batch']:06d}")
    words += standing(texts, first, settlement.codes)
    ages = [one.fields["age_s"] for one in group if one.fields.get("age_s") is not None]
    if ages:
        words.append(texts.get("field", "latest", age=span(texts, min(ages))))
    return listed(texts, words)
