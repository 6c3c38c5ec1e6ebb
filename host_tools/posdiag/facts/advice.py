"""What to do about a verdict: one action for each age of the trouble, whoever says it.

Doctor, settlement, page, report and slip ask here: a wait that is over is advised by none of them,
and a message that waits is told what its trouble is told.
"""

from __future__ import annotations

from posproto import ids
from posproto.verdicts import explains

from ..show.i18n import Texts
from . import names
from .messages import Settlement

# How long the first advice of a verdict holds; then `[later]` says what to do.
LATER_S = {
    ids.V_STARTING: 120,
    ids.V_CONNECTING: 120,
    ids.V_SEARCHING: 600,
    ids.V_DETACHED: 300,
    ids.V_RADIO_OFF: 300,
    ids.V_DNS: 900,
    ids.V_MODEM_DEAD: 900,
    ids.V_MODEM_REBOOTING: 180,
    ids.V_SETTLEMENT_LATE: 3600,
    ids.V_HOST_MAINTENANCE: 3600,
}
# Of one trouble: the message waits, and its age is the oldest message's at least.
_WAITS = (ids.V_HOST_MAINTENANCE, ids.V_SETTLEMENT_LATE, ids.V_SETTLEMENT_PENDING)


def action(texts: Texts, verdict: int, age_s: int | None) -> str:
    """What to do now: a wait that is over is not advised again."""
    name = names.name_of(names.VERDICTS, verdict)
    limit_s = LATER_S.get(verdict)
    if limit_s is not None and age_s is not None and age_s >= limit_s and texts.has("later", name):
        return texts.get("later", name)
    return texts.verdict(name).do


def trouble_s(verdict: int, age_s: int | None, settlement: Settlement | None) -> int | None:
    """For how long the trouble lasts: as long as the verdict is told, and as the message waits,
    also where the agent restarted meanwhile. None where nobody knows.
    """
    ages = [] if age_s is None else [age_s]
    if settlement is not None and verdict in _WAITS:
        ages += [m.fields.get("age_s", 0) for m in settlement.messages if m.is_open]
    return max(ages, default=None)


def step_of(texts: Texts, settlement: Settlement, verdict: int) -> str:
    """The action about a verdict of a settlement, at its age."""
    told, since_s = settlement.told
    age_s = since_s if told == verdict else None
    return action(texts, verdict, trouble_s(verdict, age_s, settlement))


def waiting_step(texts: Texts, settlement: Settlement) -> str:
    """What to do about messages that wait: the action about the gravest trouble of these."""
    found = [number for number, _ in settlement.verdicts if number in _WAITS]
    return step_of(texts, settlement, found[0] if found else ids.V_SETTLEMENT_PENDING)


def steps(texts: Texts, settlement: Settlement) -> list[tuple[int, str]]:
    """(verdict, action) each; "" for what the first one explains or is one trouble with."""
    found: list[tuple[int, str]] = []
    first = settlement.verdicts[0][0] if settlement.verdicts else 0
    waits = [number for number, _ in settlement.verdicts if number in _WAITS]
    for number, _ in settlement.verdicts:
        again = number in waits[1:] or (number != first and explains(first, number))
        found.append((number, "" if again else step_of(texts, settlement, number)))
    return found


def traffic_words(texts: Texts, verdict: int, settlement: Settlement | None) -> str:
    """What a verdict about traffic rests on: number, span and kilobytes; "" for any other one."""
    place = verdict - ids.V_TRAFFIC_LINK
    if settlement is None or not 0 <= place < len(settlement.traffic):
        return ""
    again, count = settlement.repeats
    counts = {"attempts": settlement.traffic[place], "again": again, "kb": (count + 1023) // 1024}
    return texts.get("say", "traffic_counts", **counts)
