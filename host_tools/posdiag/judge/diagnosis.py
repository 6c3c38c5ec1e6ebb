"""One verdict from everything at hand: a live terminal, a capture, or only its log.

The agent judges; this puts what it said in order (the fault that explains the others first), adds
the evidence from the log, and, where only a log is left, takes the agent's last word from there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from posproto import ids
from posproto.verdicts import BESIDE, MONEY, kind_of, rank, severity_of

from ..errors import EXIT_OK, EXIT_VERDICT
from ..facts import names
from ..facts.messages import Settlement
from ..facts.model import COMES_UP_S, Cause, Event, Hello, Status

EVIDENCE_MAX = 8
_EVIDENCE_KEPT = 400
_STARTING_S = 120  # a log that ends so soon after a start ends with the start
_FAMILIES = ("credit", "sim", "network", "host", "settlement", "terminal", "traffic")
_UNKNOWN_CLASS = 7
SETTLEMENT = 5  # a family of verdicts, see family()

# Events that are evidence for a verdict family, by hundreds of their number; those never are.
_COMES_UP = {ids.E_MODEM_RESTARTED, ids.E_MODEM_READY}
_PLAIN = {ids.E_BOOT, ids.E_CLOCK_SET, ids.E_SELF_TEST}
_SERVES = {ids.E_CONTEXT_UP, ids.E_PATH_PROVEN}
# Verdicts about answers that do not come: the unanswered sends are the evidence.
_UNANSWERED = {ids.V_HOST_SILENT, ids.V_HOST_LATE}
_SENDS = {ids.E_SENT, ids.E_OUTCOME_UNKNOWN, ids.E_EXPIRED, ids.E_LATE_ANSWER}
_EVIDENCE_OF = {1: (1, 3), 2: (2,), 3: (3, 2), 4: (4, 3), 5: (5, 4), 6: (4, 0, 5), 7: (5, 3, 4)}


def family(verdict: int) -> int:
    """1 credit .. 7 traffic; 0 for the general ones."""
    return verdict // 100


# A data connection that carries nothing does not work, though the network gave an address.
_NO_DATA = {
    *(ids.V_NO_DATA, ids.V_CREDIT_SUSPECTED, ids.V_CREDIT_OVERDUE),
    *(ids.V_CREDIT_DATA_USED_UP, ids.V_CREDIT_PLAN_EXPIRED),
}


def exit_status(verdict: int) -> int:
    """0 where nothing has to be done, else 10 + class: 10 credit .. 16 traffic, 17 unknown."""
    if severity_of(verdict) <= ids.SEV_INFO:
        return EXIT_OK
    known = 1 <= family(verdict) <= len(_FAMILIES) and verdict in names.VERDICTS
    return EXIT_VERDICT + (family(verdict) - 1 if known else _UNKNOWN_CLASS)


@dataclass
class Findings:
    """What is at hand about one terminal. Feed events in their order, then judge."""

    port: str = ""
    hello: Hello | None = None
    status: Status | None = None
    counters: dict[str, int] = field(default_factory=dict)
    identity: dict[str, str] = field(default_factory=dict)
    settlement: Settlement | None = None
    crashes: tuple[Event, ...] = ()  # of the agent, newest last
    events: deque[Event] = field(default_factory=lambda: deque(maxlen=_EVIDENCE_KEPT))
    count: int = 0
    last_verdict: Event | None = None
    restarts: int = 0
    silent_starts: int = 0  # since the last verdict

    def add(self, event: Event) -> None:
        self.count += 1
        self.events.append(event)
        if event.id == ids.E_VERDICT and isinstance(event.args.get("verdict"), int):
            self.last_verdict = event
            self.silent_starts = 0
        if event.id == ids.E_BOOT:
            self.restarts += 1
            self.silent_starts += 1

    def add_all(self, events: Iterable[Event]) -> None:
        for event in events:
            self.add(event)


@dataclass(frozen=True)
class Diagnosis:
    """The verdict first, what it explains or leaves unexplained, and the evidence."""

    verdict: int
    confidence: int | None
    cause: Cause | None
    also: tuple[int, ...]
    evidence: tuple[Event, ...]

    @property
    def name(self) -> str:
        return names.name_of(names.VERDICTS, self.verdict)

    @property
    def exit_status(self) -> int:
        return exit_status(self.verdict)


def _said(findings: Findings) -> tuple[list[int], int | None, Cause | None]:
    """Verdicts that the agent gave, the first one's confidence and cause."""
    status, last = findings.status, findings.last_verdict
    if status is not None:
        said = [status.verdict]
        if status.verdict_2 is not None:
            said.append(status.verdict_2)
        return said, status.confidence, status.cause
    if findings.silent_starts == 1 and findings.events[-1].uptime_s < _STARTING_S:
        return [ids.V_STARTING], None, None  # an agent says it in its status only
    if last is not None and not findings.silent_starts:
        cause = last.args.get("cause")
        confidence = last.args.get("confidence")
        found = Cause.from_number(cause) if isinstance(cause, int) and cause else None
        return [last.args["verdict"]], confidence if isinstance(confidence, int) else None, found
    return [], None, None


def judge(findings: Findings) -> Diagnosis:
    """One verdict; "unknown" where nothing at hand names a cause."""
    said, confidence, cause = _said(findings)
    agents_first = said[0] if said else ids.V_UNKNOWN
    if findings.settlement is not None:
        said += [number for number, _ in findings.settlement.verdicts]
    ordered = sorted(dict.fromkeys(said or [ids.V_UNKNOWN]), key=rank)
    first = ordered[0]
    if first != agents_first:
        confidence, cause = None, None
    also = tuple(v for v in ordered[1:] if severity_of(v) > ids.SEV_OK)
    return Diagnosis(first, confidence, cause, also, _evidence(findings, first))


def _noise_of_starts(events: Iterable[Event]) -> set[int]:
    """What belongs to every start: a modem that comes up, a card that "did not work" while it did,
    and was ready a moment later."""
    noise: set[int] = set()
    failed: Event | None = None
    for event in events:
        if event.id == ids.E_BOOT:
            failed = None
        elif event.id in _COMES_UP and event.uptime_s < COMES_UP_S:
            noise.add(id(event))
        elif event.id == ids.E_SIM and event.args.get("sim") == ids.SIM_FAILED:
            failed = event if event.uptime_s < _STARTING_S else None
        elif event.id == ids.E_SIM and failed is not None:
            if event.args.get("sim") == ids.SIM_READY:
                noise.add(id(failed))
            failed = None
    return noise


def _unanswered(events: Iterable[Event]) -> list[Event]:
    """What was sent and not answered, with what was said of it; oldest first."""
    kept: list[Event] = []
    for event in events:
        if event.id == ids.E_ACKNOWLEDGED:
            record = event.args.get("record")
            kept = [e for e in kept if e.id != ids.E_SENT or e.args.get("record") != record]
        elif event.id in _SENDS:
            kept.append(event)
    return kept


def _tells_of_health(event: Event) -> bool:
    """Did a layer more begin to work, did card or network serve, or was there nothing to do?"""
    if event.id == ids.E_VERDICT:
        return event.severity <= ids.SEV_INFO
    if event.id in _SERVES or event.args.get("sim") == ids.SIM_READY:
        return True
    if event.id == ids.E_REGISTRATION:
        return event.args.get("stat") in names.STATS_REGISTERED
    layer, before = event.args.get("layer"), event.args.get("previous")
    if event.id != ids.E_LAYER or not isinstance(layer, int) or not isinstance(before, int):
        return False
    return layer > before


def _since_it_was_well(found: list[Event], events: Iterable[Event]) -> list[Event]:
    """Without what was nothing wrong and came before all was well for the last time."""
    before: set[int] = set()
    seen: list[int] = []
    for event in events:
        if event.id == ids.E_VERDICT and event.severity == ids.SEV_OK:
            before.update(seen)
        elif event.severity < ids.SEV_WARNING:
            seen.append(id(event))
    return [event for event in found if id(event) not in before]


def _says_why(event: Event, verdict: int) -> bool:
    """Did the agent give this verdict here, with the signs that it stands on?"""
    is_it = event.id == ids.E_VERDICT and event.args.get("verdict") == verdict
    return is_it and bool(event.args.get("evidence"))


def weightiest(evidence: Sequence[Event], count: int) -> tuple[Event, ...]:
    """The few that a screen or a sheet has room for: what went wrong before what did not, one of a
    kind before another of it, then the newest; in the order in which they happened. What only
    repeats another word for word is left out.
    """
    seen: set[int] = set()
    said: list[tuple[int, dict[str, Any]]] = []
    graded = []
    for at in range(len(evidence) - 1, -1, -1):
        event = evidence[at]
        if (event.id, event.args) in said:
            continue
        said.append((event.id, event.args))
        graded.append((event.severity < ids.SEV_WARNING, event.id in seen, -event.severity, -at))
        seen.add(event.id)
    places = sorted(-grade[-1] for grade in sorted(graded)[:count])
    return tuple(evidence[at] for at in places)


def _evidence(findings: Findings, verdict: int) -> tuple[Event, ...]:
    """The last events that bear on the verdict, oldest first: what went wrong before what did not,
    one of a kind before its repeats."""
    hundreds = _EVIDENCE_OF.get(family(verdict), (0, 3, 4, 1))
    noise = _noise_of_starts(findings.events)
    found = [
        e
        for e in findings.events
        if (e.id // 100 in hundreds and e.id not in _PLAIN and id(e) not in noise)
        or (e.id == ids.E_HOST_REFUSED and verdict in _NO_DATA)
        or _says_why(e, verdict)
    ]
    if severity_of(verdict) > ids.SEV_INFO:  # that the path once worked proves no fault
        found = [e for e in found if not _tells_of_health(e)]
        if family(verdict) != SETTLEMENT:
            found = _since_it_was_well(found, findings.events)
    if verdict in _UNANSWERED:
        found = _unanswered(findings.events) or found
    seen: set[tuple[int, str]] = set()
    graded = []
    for at in range(len(found) - 1, -1, -1):
        event = found[at]
        kind = (event.id, repr(sorted(event.args.items(), key=repr)))
        graded.append((event.severity < ids.SEV_WARNING, kind in seen, -at, event))
        seen.add(kind)
    chosen = sorted(graded, key=lambda grade: grade[:3])[:EVIDENCE_MAX]
    return tuple(event for *_, event in sorted(chosen, key=lambda grade: -grade[2]))


@dataclass(frozen=True)
class Check:
    """One item of the list that a technician goes through. `state`: ok, bad or open."""

    name: str
    state: str
    words: str = ""


_PATH_CHECKS = (
    ("modem", ids.LAYER_MODEM),
    ("sim", ids.LAYER_SIM),
    ("registered", ids.LAYER_REGISTERED),
    ("context", ids.LAYER_CONTEXT),
    ("dns", ids.LAYER_DNS),
    ("tcp", ids.LAYER_TCP),
    ("answer", ids.LAYER_ANSWER),
)


def _blames_the_path(status: Status) -> bool:
    """Does the agent say that something on the way is broken? Right after a start it only has not
    tried the layers yet."""
    said = [status.verdict] + ([] if status.verdict_2 is None else [status.verdict_2])
    beside = (BESIDE, MONEY)
    return any(severity_of(v) >= ids.SEV_WARNING and kind_of(v) not in beside for v in said)


def path_checks(status: Status) -> list[Check]:
    """Each layer of the path: proven, the one that fails, or not reached."""
    if status.is_stale:  # the silent modem's last proofs are none any more
        return [Check(name, "bad" if name == "modem" else "open") for name, _ in _PATH_CHECKS]
    found = []
    failed = not _blames_the_path(status)
    reached = status.layer
    if reached == ids.LAYER_CONTEXT and status.verdict in _NO_DATA:
        reached = ids.LAYER_REGISTERED
    for name, layer in _PATH_CHECKS:
        if reached >= layer:
            found.append(Check(name, "ok"))
            continue
        # What lies above the last proof failed only if the agent says since when.
        is_bad = not (failed or status.is_unasked or status.layer_s is None)
        found.append(Check(name, "bad" if is_bad else "open"))
        failed = True
    return found


# What the acquirer says when it does not take this terminal's messages.
_NOT_ACCEPTED = {
    *(ids.V_TERMINAL_DEACTIVATED, ids.V_MERCHANT_UNKNOWN, ids.V_KEYS_OUT_OF_STEP),
    *(ids.V_SETTLEMENT_REFUSED, ids.V_BATCH_OUT_OF_STEP, ids.V_HOST_MAINTENANCE),
}


def accepted_check(findings: Findings) -> Check:
    """Does the payment provider take what it is sent? The line may work and it may not."""
    status = findings.status
    said = set(_said(findings)[0])
    if findings.settlement is not None:
        said |= {number for number, _ in findings.settlement.verdicts}
    if said & _NOT_ACCEPTED:
        return Check("accepted", "bad")
    answered = status is not None and status.layer >= ids.LAYER_ANSWER
    return Check("accepted", "ok" if answered and status and status.ack_s is not None else "open")


CHAIN = ("sim", "registered", "context", "dns", "tcp", "answer", "accepted")


def chain(findings: Findings) -> list[Check]:
    """The way of a payment from the card to the provider's "yes", in its order."""
    if findings.status is None:
        return []
    known = {check.name: check for check in path_checks(findings.status)}
    known["accepted"] = accepted_check(findings)
    return [known[name] for name in CHAIN]


def tested(checks: list[Check], items: list[Check]) -> list[Check]:
    """`checks` with what a self-test found in their place; what it did not try stays as known."""
    found = {item.name: item for item in items}
    merged = []
    for check in checks:
        item = found.get(check.name, check)
        state = check.state if item.state == "open" else item.state
        merged.append(Check(check.name, state, item.words if state == item.state else ""))
    return merged


def other_checks(findings: Findings) -> list[Check]:
    """Signal, outbox, clock, flash and memory."""
    status = findings.status
    if status is None:
        return []
    signal = "open"
    if status.signal_dbm is not None and not status.is_stale:
        signal = "ok" if status.signal_dbm > -115 else "bad"
    flash_bad = findings.counters.get("flash_errors") or findings.counters.get("log_lost")
    return [
        Check("signal", signal),
        Check("outbox", "ok" if not status.outbox else "open"),
        Check("clock", "ok" if status.unix_s is not None else "open"),
        Check("flash", "bad" if flash_bad else "ok"),
        Check("memory", "bad" if findings.counters.get("heap_low") else "ok"),
    ]


def all_checks(findings: Findings) -> list[Check]:
    """The whole list; empty where no status is at hand."""
    if findings.status is None:
        return []
    return [*path_checks(findings.status), accepted_check(findings), *other_checks(findings)]
