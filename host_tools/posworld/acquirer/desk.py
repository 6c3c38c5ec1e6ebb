"""What the host does with each kind of message: books, batches, and the code it answers with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .batches import Batch, compare_edc, compare_unionpay, read_details
from .ledger import Booking, Key, Ledger

Fields = dict[str, str]
Decision = tuple[str, Fields]  # F39, and fields that the answer carries besides


@dataclass
class Policy:
    """The choices in which hosts differ."""

    answer_ms: int = 200
    repeated_request: str = "book"  # a 0200 that comes again: "book" it twice, or refuse "94"
    unknown_reversal: str = "25"
    keep_origin: bool = False  # 0401 is answered with 0411
    closed_batch: str = "77"
    still_different: str = "77"  # second 0500 of the classic dialect: 77 closes, 95 does not
    cut_off_hour: int = 23  # later bookings settle on the next day
    merchants: dict[str, str] = field(default_factory=dict)  # known TIDs and MIDs; empty: all
    refused: dict[str, str] = field(default_factory=dict)  # TID: F39 for all its requests
    mac_key: bytes = b""  # empty: F64 is not checked and comes back as it was


@dataclass
class Ask:
    """A request as the desk sees it; `number` is the answer's, from which RRN and F38 come."""

    fields: Fields
    key: Key
    now_ms: int
    number: int
    rrn: str


class Desk:
    """Ledger and batches of one host. `unionpay`: which of the two ways to settle it follows."""

    def __init__(self, policy: Policy, unionpay: bool) -> None:
        self.policy = policy
        self.unionpay = unionpay
        self.ledger = Ledger()
        self.batches: dict[tuple[str, str], Batch] = {}
        self.current: dict[str, str] = {}  # TID: batch, where messages do not say it
        self.scripts: list[Key] = []  # 0620 that were taken
        self._handlers: dict[str, Callable[[Ask], Decision]] = {
            "010": self._hold,
            "012": self._hold,
            "020": self._money,
            "022": self._advice,
            "032": self._upload,
            "040": self._reversal,
            "042": self._reversal,
            "050": self._settle,
            "062": self._script,
            "080": self._sign_on,
            "082": self._echo,
        }

    def knows(self, mti: str) -> bool:
        """Is this a request that the host serves?"""
        return mti[:3] in self._handlers

    def key(self, fields: Fields) -> Key:
        """Terminal, batch and STAN of a message."""
        tid = fields.get("41", "")
        text = fields.get("60", "")
        batch = ""
        if self.unionpay:
            batch = text[2:8]
        elif len(text) == 6 and text.isdigit():
            batch = text
        batch = batch or self.current.get(tid, "000001")
        self.current[tid] = batch
        return tid, batch, fields.get("11", "")

    def batch(self, tid: str, number: str) -> Batch:
        """The books of a batch, opened when first named."""
        return self.batches.setdefault((tid, number), Batch(tid, number))

    def decide(self, ask: Ask) -> Decision:
        """Book what is asked; F39 and the fields that depend on it."""
        return self._handlers[ask.fields["t"][:3]](ask)

    def _booking(self, ask: Ask) -> Booking:
        pan = ask.fields.get("2") or ask.fields.get("35", "").split("D")[0].split("=")[0]
        return Booking(
            ask.key,
            ask.fields["t"],
            ask.fields.get("3", ""),
            pan,
            int(ask.fields.get("4") or 0),
            ask.rrn,
            ask.now_ms,
            credit=ask.fields.get("3", "")[:2] == "20",
        )

    def _hold(self, ask: Ask) -> Decision:
        return "00", {"38": f"A{ask.number:05}"}

    def _money(self, ask: Ask) -> Decision:
        if ask.fields.get("3", "")[:2] == "31":
            return "00", {"54": "0002156C000000100000"}
        if self.batch(*ask.key[:2]).state == "closed":
            return self.policy.closed_batch, {}
        if "4" not in ask.fields:
            return "13", {}
        if self.ledger.find(ask.key) and self.policy.repeated_request != "book":
            return "94", {}
        if not self.ledger.book(self._booking(ask)):
            return "12", {}
        return "00", {"38": f"A{ask.number:05}"}

    def _advice(self, ask: Ask) -> Decision:
        if self.ledger.find(ask.key):
            return "94", {}
        if self.batch(*ask.key[:2]).state == "closed":
            return self.policy.closed_batch, {}
        if "4" in ask.fields:
            self.ledger.book(self._booking(ask))
        return "00", {}

    def _reversal(self, ask: Ask) -> Decision:
        return ("00" if self.ledger.reverse(ask.key) else self.policy.unknown_reversal), {}

    def _script(self, ask: Ask) -> Decision:
        self.scripts.append(ask.key)
        return "00", {}

    def _sign_on(self, ask: Ask) -> Decision:
        if not self.unionpay:
            return "00", {}
        tid, number, _ = ask.key
        if self.batch(tid, number).state == "closed":
            number = f"{int(number) % 999999 + 1:06}"
            self.current[tid] = number
        text = ask.fields.get("60", "")
        return "00", {"60": text[:2] + number + text[8:], "62": "EE" * 40}

    def _echo(self, ask: Ask) -> Decision:
        return "00", {}

    def _settle(self, ask: Ask) -> Decision:
        batch = self.batch(*ask.key[:2])
        if batch.state == "closed":
            return self.policy.closed_batch, {}
        if self.unionpay:
            claim = ask.fields.get("48", "")
            batch.claims.append(claim)
            batch.flags = compare_unionpay(batch, self.ledger, claim)
            batch.state = "cut"
            if batch.flags == "33":
                return "30", {}
            return "00", {"48": claim[:30] + batch.flags[0] + claim[31:61] + batch.flags[1]}
        batch.claims.append(ask.fields.get("63", ""))
        second = ask.fields.get("3") == "960000"
        if compare_edc(batch, self.ledger, batch.claims[-1]):
            code = "00"
        else:
            code = self.policy.still_different if second else "95"
        batch.state = "cut" if code == "95" else "closed"
        return code, {}

    def _upload(self, ask: Ask) -> Decision:
        batch = self.batch(*ask.key[:2])
        if not self.unionpay:
            batch.details[ask.key[2]] = [(ask.key[2], int(ask.fields.get("4") or 0))]
            return "00", {}
        text, code = ask.fields.get("48", ""), ask.fields.get("60", "")[8:11]
        if code in ("202", "207"):
            return self._upload_end(batch, text, code)
        if code == "206":
            batch.details[ask.key[2]] = []
            return "00", {}
        items = read_details(text)
        if items is None:
            return "30", {}
        batch.details[ask.key[2]] = items
        return "00", {}

    def _upload_end(self, batch: Batch, text: str, code: str) -> Decision:
        batch.ends.append(code)
        told = int(text) if text.isdigit() else 0
        items = sum(len(part) for part in batch.details.values())
        if told not in (items, len(batch.details)):
            return "79", {}
        batch.state = "closed"
        return "00", {"48": text} if text else {}
