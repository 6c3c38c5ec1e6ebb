"""From a broker's message to rows: who sent it, is it theirs, may it count.

Everything here came from outside. What is refused has one word for why: it is counted by that
word, and its head is kept apart.
"""

from __future__ import annotations

from posproto import ids

from ..judge.causes import OWN_SILENT_S
from ..store.days import clock
from ..store.rows import Rows
from ..wire import envelope, reports, topics
from ..wire.signed import Refused
from .keybook import KeyBook
from .records import Records

_HEAD = 64  # bytes of what was refused that are kept
_SIGNED = b"\x84"  # how an untagged COSE_Mac0 begins, and no envelope does


class Intake:
    """`fleets`: those that this collector serves; a message for another one is none of its
    business. `keep_days`: what is older is not taken back."""

    def __init__(self, book: KeyBook, fleets: tuple[str, ...], keep_days: int = 90) -> None:
        self._book = book
        self._fleets = fleets
        self._records = Records(keep_days)
        self.names: dict[int, tuple[str, str, bytes]] = {}  # fleet, name, key, of who came last

    def take(self) -> Rows:
        """What was gathered; starts anew."""
        rows, self._records.rows = self._records.rows, Rows()
        return rows

    def add(self, topic: str, payload: bytes, now_s: int) -> None:
        """One message as the broker gave it. Never raises for what it holds."""
        parsed = topics.parse(topic)
        if parsed is None or parsed[2] == topics.ACK:
            self._refuse(now_s, "", "", "topic", payload)
            return
        fleet, name, _ = parsed
        if fleet not in self._fleets:
            self._refuse(now_s, fleet, name, "fleet", payload, "")
            return
        if payload[:1] == _SIGNED:
            self._direct(fleet, name, parsed[2], payload, now_s)
            return
        try:
            found = envelope.unpack(payload)
        except envelope.Unreadable as error:
            self._refuse(now_s, fleet, name, f"envelope_{error}", payload)
            return
        known = self._book.find(fleet, name)
        if known is None:
            self._refuse(now_s, fleet, name, "device_unknown", payload)
            return
        if not envelope.is_own(payload, name, known.keys.values()):
            self._refuse(now_s, fleet, name, "envelope_mac_wrong", payload)
            return
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

    def _direct(self, fleet: str, name: str, leaf: str, message: bytes, now_s: int) -> None:
        """A report that the terminal itself published: no bridge numbered it, and none waits for
        an acknowledgement. That it was stored before, from a bridge, does no harm."""
        known = self._book.find(fleet, name)
        if known is None:
            self._refuse(now_s, fleet, name, "device_unknown", message)
            return
        try:
            if len(message) > envelope.SIZE_MAX:
                raise Refused("too_long")
            report = reports.read(message, known.keys, ids.OP_LOG)
            if (report.op == ids.OP_STATUS) != (leaf == topics.STATUS):
                raise Refused("topic")  # what is retained there is the newest status alone
            self._records.add(fleet, known.device, report, now_s, now_s, OWN_SILENT_S)
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
        rows.apart.append((now_s, fleet, name[:64], reason, len(data), bytes(data[:_HEAD])))


def _sane(received_s: int, now_s: int) -> int:
    """A bridge's clock may be wrong, too: it never puts a record into the future."""
    return min(received_s, now_s) if clock(received_s) is not None else now_s
