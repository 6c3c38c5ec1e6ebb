"""Collects what doctor and report look at, from a live terminal, a capture or copied log files."""

from __future__ import annotations

from collections.abc import Callable

from posproto import ids

from ..errors import Disconnected, NoAnswer, NotRecorded, RequestFailed
from ..judge.diagnosis import Findings
from ..keys.device_key import Key
from ..link.client import Client
from ..link.longfile import Looked, silent
from .identity import ask_identity
from .messages import Settlement, ask_settlement, with_status
from .model import Event, as_map
from .rawlog import RawLog
from .sim_account import Account
from .timeline import all_events

_UNANSWERED = (NoAnswer, NotRecorded, RequestFailed)


def ask_account(client: Client, timeout_s: float) -> Account | None:
    """What is known of the SIM card's account; None where the agent does not tell."""
    try:
        return Account.from_map(as_map(client.request(ids.OP_CREDIT, timeout_s=timeout_s).value))
    except _UNANSWERED:
        return None


def at_a_glance(
    client: Client, timeout_s: float = 3.0, settlement: Settlement | None = None
) -> Findings:
    """What the heading of every command rests on: the state and where the money is, and of a
    silent modem its log, which says whether a restart was tried.

    `settlement`: where it was asked already. Raises what ask_status() does, but not beside that.
    """
    findings = Findings(port=client.transport.name, hello=client.hello)
    try:
        findings.status = client.ask_status(timeout_s)
    except _UNANSWERED:
        if settlement is None:
            raise
    try:
        settlement = settlement or ask_settlement(client, timeout_s)
        findings.settlement = with_status(settlement, findings.status)
        if findings.status is not None and findings.status.verdict == ids.V_MODEM_DEAD:
            findings.add_all(all_events(client, follow=False))
    except _UNANSWERED:
        pass
    return findings


def from_client(
    client: Client,
    timeout_s: float = 3.0,
    listen_s: float = 0.0,
    on_event: Callable[[Event], None] | None = None,
    key: Key | None = None,
) -> Findings:
    """Everything that can be asked, with `key` whole identities too; then `listen_s` seconds of
    what comes by itself.

    A question that stays unanswered leaves its part empty.
    """
    findings = Findings(port=client.transport.name, hello=client.hello)
    try:
        findings.status = client.ask_status(timeout_s)
    except _UNANSWERED:
        pass
    findings.counters = client.ask_counters(timeout_s)
    findings.identity = ask_identity(client, timeout_s, key)
    findings.crashes = client.ask_crashes(timeout_s)
    try:
        findings.settlement = ask_settlement(client, timeout_s)
    except _UNANSWERED:
        pass
    try:
        for event in all_events(client, follow=False):
            findings.add(event)
            if on_event:
                on_event(event)
    except _UNANSWERED:
        pass
    if listen_s and client.is_live:
        before = findings.status.verdict if findings.status else None
        _listen(client, findings, listen_s)
        if client.status is not None and client.status.verdict != before:
            _ask_again(client, findings, timeout_s)
    findings.hello = client.hello
    findings.status = client.status or findings.status
    return findings


def _ask_again(client: Client, findings: Findings, timeout_s: float) -> None:
    """The verdict changed while somebody listened: what was asked before is out of date."""
    try:
        client.ask_status(timeout_s)
        findings.counters = client.ask_counters(timeout_s)
        findings.settlement = ask_settlement(client, timeout_s)
    except (*_UNANSWERED, Disconnected):
        pass


def _listen(client: Client, findings: Findings, listen_s: float) -> None:
    last = max((e.sequence for e in findings.events if e.sequence is not None), default=-1)
    try:
        for message in client.messages(listen_s):
            value = message.value if message else None
            if isinstance(value, Event) and (value.sequence or 0) > last:
                findings.add(value)
    except Disconnected:
        if findings.status is None:
            raise


def from_log(
    paths: list[str],
    on_event: Callable[[Event], None] | None = None,
    looked: Looked = silent,
) -> tuple[Findings, RawLog]:
    """What log files copied off a board tell, and the log, which knows what it skipped."""
    log = RawLog(paths, looked)
    findings = Findings(port=", ".join(paths))
    for event in log.events():
        findings.add(event)
        if on_event:
            on_event(event)
    return findings, log
