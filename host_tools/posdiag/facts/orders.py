"""Orders by the device's key: the balance is asked for now, a step of healing is taken now."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from posproto import ids

from ..errors import RequestFailed, UnknownName
from ..keys.device_key import Key
from ..link.client import Client
from ..show.i18n import Texts
from ..show.words import span
from . import names
from .model import as_map

ORDERS = [names.RUNGS[n] for n in range(ids.RUNG_SOCKET, ids.RUNG_MCU_RESET + 1)]
ORDERS.append(names.RUNGS[ids.RUNG_OTHER_CARD])


def rung_number(name: str) -> int:
    """RUNG_* of a name; raises UnknownName with the known ones."""
    for number, known in names.RUNGS.items():
        if known == name and known in ORDERS:
            return number
    raise UnknownName(key="unknown_rung", rung=name, known=", ".join(ORDERS))


def order_step(client: Client, key: Key, number: int) -> None:
    """Have the agent take a step of the ladder. Raises RequestFailed: where its budget holds it
    back, for the seconds in `value`."""
    try:
        client.request_keyed(ids.OP_HEAL, {0: number}, key)
    except RequestFailed as error:
        if error.result != ids.R_BUSY or not isinstance(error.value, int):
            raise
        raise RequestFailed(
            error.result,
            error.details,
            error.value,
            key="rung_held",
            rung=names.RUNGS[number],
        ) from error


def order_balance(client: Client, key: Key) -> int:
    """Have the agent ask the operator; 0, or the seconds until it may ask. Raises RequestFailed
    where there is nobody to ask."""
    try:
        client.request_keyed(ids.OP_ASK_BALANCE, None, key)
    except RequestFailed as error:
        if error.result == ids.R_NOT_FOUND:
            raise RequestFailed(error.result, error.details, key="nobody_to_ask") from error
        if error.result != ids.R_BUSY or not isinstance(error.value, int):
            raise
        return error.value
    return 0


@dataclass
class Budget:
    """One rung's budget: seconds to wait, acts taken and permitted; None where it has no limit."""

    rung: str
    wait_s: int
    used_hour: int | None = None
    max_hour: int | None = None
    used_day: int | None = None
    max_day: int | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def words(self, texts: Texts) -> str:
        if self.max_hour is None:
            return texts.get("budget", "free")
        return texts.get(
            "budget",
            "used",
            wait=wait_words(texts, self.wait_s),
            hour=str(self.used_hour),
            hour_max=str(self.max_hour),
            day=str(self.used_day),
            day_max=str(self.max_day),
        )


@dataclass
class Ladder:
    """The answer of OP_LADDER: the budgets' waits by class, the trouble's age, each rung's budget
    (none where an older agent does not tell), what befell the line in all lives."""

    waits: list[int]
    trouble_s: int
    position: int | None
    budgets: list[Budget]
    line: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        return {
            "wait_s": dict(zip(names.BUDGETS, self.waits, strict=False)),
            "trouble_s": self.trouble_s,
            "back_off_step": self.position,
            "rungs": [budget.as_dict() for budget in self.budgets],
            "line": self.line,
        }


def ask_ladder(client: Client, timeout_s: float) -> Ladder:
    """Raises RequestFailed, NoAnswer, NotRecorded."""
    value = as_map(client.request(ids.OP_LADDER, timeout_s=timeout_s).value)
    waits, age_s, position = value.get(0), value.get(1), value.get(2)
    return Ladder(
        [wait for wait in waits if isinstance(wait, int)] if isinstance(waits, list) else [],
        age_s if isinstance(age_s, int) else 0,
        position if isinstance(position, int) else None,
        _budgets(value.get(3)),
        _line(value.get(4)),
    )


def _line(value: Any) -> dict[str, Any]:
    """What befell the line in all lives, by name; {} where an older agent does not tell."""
    if not isinstance(value, list) or len(value) < ids.LN_OVER:
        return {}
    if not all(isinstance(n, int) and n >= 0 for n in value):
        return {}
    ends = {names.RUNGS.get(n, str(n)): count for n, count in enumerate(value[ids.LN_OVER :])}
    layers = (names.LAYERS[n] for n in range(ids.LAYER_TCP))
    return {
        "outage_s": {name: s for name, s in zip(layers, value, strict=False) if s},
        "deregistered": value[ids.LN_DEREGISTERED],
        "refused": value[ids.LN_REFUSED],
        "restarts": value[ids.LN_RESTARTS],
        "over_by": {name: count for name, count in ends.items() if count},
    }


def _budgets(value: Any) -> list[Budget]:
    found = []
    for number, row in enumerate(value if isinstance(value, list) else (), ids.RUNG_SOCKET):
        name = names.RUNGS.get(number)
        if name not in ORDERS or not isinstance(row, list) or len(row) not in (1, 5):
            continue
        if all(isinstance(n, int) for n in row):
            found.append(Budget(name, *row))
    return found


def wait_words(texts: Texts, wait_s: int) -> str:
    if not wait_s:
        return texts.get("budget", "now")
    return texts.get("budget", "wait", age=span(texts, wait_s))
