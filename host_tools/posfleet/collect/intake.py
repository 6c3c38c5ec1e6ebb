"""The intake of a broker's messages: who sent it, is it theirs, may it count; then its rows.

Everything here came from outside. What is refused has one word for why: it is counted by that
word, and its head is kept apart.
"""

from __future__ import annotations

from collections import Counter

from posproto import ids

from ..judge.causes import OWN_SILENT_S
from ..store.days import clock
from ..store.rows import Rows
from ..wire import envelope, reports, topics
from ..wire.signed import Refused
from .allowance import Allowance
from .keybook import KeyBook, Known
from .records import Records

_HEAD = 64  # bytes of what was refused that are kept
_APART_MAX = 16  # of one batch, device and reason: the rest is counted
_FLOOD = "flood"
_SIGNED = b"\x84"  # how an untagged COSE_Mac0 begins, and no envelope does


class Intake:
    """add() messages, then take() their rows. `fleets`: those that this collector serves, others'
    messages are refused. `keep_days`: what is older is not taken back.
    """

    def __init__(
        self,
        book: KeyBook,
        fleets: tuple[str, ...],
        keep_days: int = 90,
        allowance: Allowance | None = None,
    ) -> None:
        self._book = book
        self._allowance = allowance or Allowance()
        self._apart: Counter[tuple[str, ...]] = Counter()
        self._fleets = fleets
        self._records = Records(keep_days)
        self.names: dict[int, tuple[str, str, bytes]] = {}  # fleet, name, key, of who came last

    def take(self) -> Rows:
        """The rows that were gathered; begins anew."""
        rows, self._records.rows = self._records.rows, Rows()
        self._apart.clear()
        return rows

    def add(self, topic: str, payload: bytes, now_s: int) -> None:
        """Take one message as the broker gave it; never raises for what it holds. It is refused as
            topic, fleet, device_unknown    for nobody whom this collector knows,
            flood                           its device brought more than its allowance,
            envelope_...                    no envelope, or of no bridge of this device;
        else each report in it counts, or is refused by itself for its signature or form. What the
        terminal published itself has no envelope, see _direct(). So an envelope of the reports 7,
        8 and 9, where 8 has a wrong signature, brings 7 and 9; the bridge sends 8 and 9 again,
        until it gives 8 up.
        """
        parsed = topics.parse(topic)
        if parsed is None or parsed[2] == topics.ACK:
            self._refuse(now_s, "", "", "topic", payload)
            return
        fleet, name, _ = parsed
        if fleet not in self._fleets:
            self._refuse(now_s, fleet, name, "fleet", payload, "")
            return
        known = self._book.find(fleet, name)
        if known is not None and self._allowance.is_shut(known.device, now_s):
            self._records.rows.tally[fleet, f"refused_{_FLOOD}"] += 1
            return
        if payload[:1] == _SIGNED:
            self._direct(fleet, name, known, parsed[2], payload, now_s)
            return
        try:
            found = envelope.unpack(payload)
        except envelope.Unreadable as error:
            self._refuse(now_s, fleet, name, f"envelope_{error}", payload)
            return
        if known is None:
            self._refuse(now_s, fleet, name, "device_unknown", payload)
            return
        if not envelope.is_own(payload, name, known.keys.values()):
            self._refuse(now_s, fleet, name, "envelope_mac_wrong", payload)
            return
        if not self._allowance.spend(known.device, len(payload), now_s):
            self._refuse(now_s, fleet, name, _FLOOD, payload)
            return
        before = self._rows()
        for at, (received_s, message, op) in enumerate(found.reports):
            number = found.first + at
            try:
                report = reports.read(message, known.keys, op)
                self._records.add(fleet, known.device, report, _sane(received_s, now_s), now_s)
                if report.op == ids.OP_STATUS:
                    self._records.rows.own.discard(known.device)
            except Refused as error:
                self._refuse(now_s, fleet, name, str(error), message)
                continue
            except Exception:  # signed, and all the same of a form that nobody thought of
                self._refuse(now_s, fleet, name, "fault", message)
                continue
            self.names[known.device] = (fleet, name, report.key)
            self._records.rows.arrive(known.device, found.era, found.base, number, number)
        self._allowance.took(known.device, 1 + self._rows() - before)

    def _rows(self) -> int:
        return len(self._records.rows.status) + len(self._records.rows.event)

    def fault(self, topic: str, payload: bytes, now_s: int) -> None:
        """A message that the store did not take, whatever its form: counted, its sender shut."""
        parsed = topics.parse(topic)
        if parsed is not None:
            known = self._book.find(*parsed[:2])
            if known is not None:
                self._allowance.shut(known.device, now_s)
            self._refuse(now_s, *parsed[:2], "fault", payload)

    def _direct(
        self, fleet: str, name: str, known: Known | None, leaf: str, message: bytes, now_s: int
    ) -> None:
        """Take a report that the terminal itself published: no bridge numbered it, and none waits
        for an acknowledgement. That it was stored before, from a bridge, does no harm.
        """
        if known is None:
            self._refuse(now_s, fleet, name, "device_unknown", message)
            return
        try:
            if len(message) > envelope.SIZE_MAX:
                raise Refused("too_long")
            report = reports.read(message, known.keys, ids.OP_LOG)
            if not self._allowance.spend(known.device, len(message), now_s):
                raise Refused(_FLOOD)
            before = self._rows()
            if (report.op == ids.OP_STATUS) != (leaf == topics.STATUS):
                raise Refused("topic")  # what is retained there is the newest status alone
            self._records.add(fleet, known.device, report, now_s, now_s, OWN_SILENT_S)
            self._allowance.took(known.device, self._rows() - before)
            if leaf == topics.STATUS:
                self._records.rows.own.add(known.device)
        except Refused as error:
            self._refuse(now_s, fleet, name, str(error), message)
        except Exception:  # signed, and all the same of a form that nobody thought of
            self._refuse(now_s, fleet, name, "fault", message)

    def _refuse(
        self,
        now_s: int,
        fleet: str,
        name: str,
        reason: str,
        data: bytes,
        counted: str | None = None,
    ) -> None:
        """`counted`: under which fleet, where it is not one of ours: strangers make up many."""
        rows = self._records.rows
        rows.tally[fleet if counted is None else counted, f"refused_{reason}"] += 1
        self._apart[fleet, name, reason] += 1
        if self._apart[fleet, name, reason] > _APART_MAX:
            return
        rows.apart.append((now_s, fleet, name[:64], reason, len(data), bytes(data[:_HEAD])))


def _sane(received_s: int, now_s: int) -> int:
    """A bridge's clock may be wrong, too: it never puts a record into the future."""
    return min(received_s, now_s) if clock(received_s) is not None else now_s
