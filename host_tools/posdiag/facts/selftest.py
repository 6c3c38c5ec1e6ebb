"""The agent's active self-test: started, watched, and its items as checks with words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from posproto import ids

from ..errors import NoAnswer, NotRecorded, RequestFailed
from ..judge.diagnosis import Check
from ..link.client import Client
from ..show.i18n import Texts
from ..show.words import cause_words, f39_words, listed
from . import names
from .model import Cause, Event, as_map

_LOOK_S = 0.4  # between two looks at how far it is
_STATES = {ids.TESTED_PASSED: "ok", ids.TESTED_FAILED: "bad", ids.TESTED_SKIPPED: "open"}
_RESULTS = {"ok": "passed", "bad": "failed", "open": "skipped"}


@dataclass(frozen=True)
class Item:
    """One item of the self-test; `args` by the lower-case names of A_*."""

    name: str
    state: str  # of diagnosis.Check
    args: dict[str, Any]

    @classmethod
    def from_map(cls, record: object) -> Item:
        args = Event.from_map({ids.EV_ARGS: as_map(record)}).args
        name = names.name_of(names.TESTS, args.pop("test", None))
        return cls(name, _STATES.get(args.pop("result", None), "open"), args)

    def as_dict(self) -> dict[str, Any]:
        args = Event(args=self.args).as_dict()["args"]
        return {"test": self.name, "result": _RESULTS[self.state], **args}


@dataclass(frozen=True)
class Outcome:
    """What is known of a self-test. `age_s`: it is an earlier one, the next may run in `wait_s`.
    `why`: it did not run: "none" (an agent without one), "busy"."""

    items: tuple[Item, ...] = ()
    age_s: int | None = None
    wait_s: int = 0
    why: str = ""


def run(
    client: Client,
    timeout_s: float,
    progress: Callable[[int, float], None],
    answer_s: float = 3.0,
) -> Outcome:
    """Start the self-test, again while the modem is at work, and watch it to its end or for
    `timeout_s`. progress(items done or -1 before it runs, seconds so far) hears how far it is.
    """
    began_s = client.now()
    started = False
    value: dict[Any, Any] = {}
    while (spent_s := client.now() - began_s) < timeout_s:
        try:
            asked = client.request(
                ids.OP_SELF_TEST, None if started else {0: True}, timeout_s=answer_s
            )
        except NoAnswer:
            continue  # a board that is busy with its flash, or a cable that comes back
        except NotRecorded:
            return Outcome(why="none")
        except RequestFailed as refusal:
            if refusal.result != ids.R_BUSY:
                return Outcome(why="none")
            wait_s = refusal.value if isinstance(refusal.value, int) else 1
            if wait_s > 1:
                return _last(client, wait_s, answer_s)
            progress(-1, spent_s)
            client.listen(1.0)
            continue
        started = True
        value = as_map(asked.value)
        progress(len(value.get(ids.SELF_RESULTS) or ()), spent_s)
        if not value.get(ids.SELF_RUNS):
            break
        client.listen(_LOOK_S)
    return Outcome(_items(value), why="" if started else "busy")


def _last(client: Client, wait_s: int, answer_s: float) -> Outcome:
    try:
        value = as_map(client.request(ids.OP_SELF_TEST, timeout_s=answer_s).value)
    except (NoAnswer, RequestFailed):
        return Outcome(why="busy")
    age_s = value.get(ids.SELF_AGE_S)
    return Outcome(_items(value), age_s if isinstance(age_s, int) else 0, wait_s)


def _items(value: dict[Any, Any]) -> tuple[Item, ...]:
    found = value.get(ids.SELF_RESULTS)
    return tuple(Item.from_map(item) for item in (found if isinstance(found, list) else ()))


def check_of(texts: Texts, item: Item) -> Check:
    """The item as a line of the check list, with what was measured."""
    args = item.args
    words = []
    if isinstance(args.get("signal_dbm"), int):
        words.append(f"{args['signal_dbm']} dBm")
    if isinstance(args.get("elapsed_ms"), int):
        words.append(texts.get("unit", "seconds", n=f"{args['elapsed_ms'] / 1000:.1f}"))
    if isinstance(args.get("f39"), str):
        words.append(f39_words(texts, args["f39"]))
    if isinstance(args.get("cause"), int) and args["cause"]:
        words.append(cause_words(texts, Cause.from_number(args["cause"])))
    if isinstance(args.get("verdict"), int):
        words.append(texts.verdict(names.name_of(names.VERDICTS, args["verdict"])).title)
    if isinstance(args.get("free_bytes"), int):
        words.append(texts.get("test_reason", "free", n=args["free_bytes"] // 1024))
    if isinstance(args.get("reason"), str):
        words.append(texts.get("test_reason", args["reason"]))
    return Check(item.name, item.state, listed(texts, words))
