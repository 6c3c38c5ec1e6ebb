"""The acquirer: reads a frame, has it decided, and answers, late or wrongly where a fault says so.

Pure: frames and time in, replies with delays out.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

from .desk import Ask, Desk, Fields, Policy
from .faults import Faults
from .specs import DIALECTS
from .spoil import spoil_answer, spoil_wire
from .wire import FORMS, Reply, Session

ACCEPTED = ("00", "08", "10", "11", "16", "A2", "A4", "A5", "A6")
ECHOED = ("2", "3", "4", "7", "11", "25", "41", "42", "49", "60", "70")
# Faults that strike before the host has understood anything: how the connection goes on.
UNHEARD = {"ignore": "", "hang_up": "close", "half_close": "half"}
# Faults by which something else than the host answers: nothing is booked.
IMPOSTORS = ("echo", "reject", "garbage")


class Seen(NamedTuple):
    """A request that arrived; nothing of a card."""

    at_ms: int
    mti: str
    tid: str
    batch: str
    stan: str
    f39: str  # what was decided, "" where nothing was


class Acquirer:
    """A host for one dialect. Not for several threads at once: the server takes turns."""

    def __init__(
        self,
        dialect: str = "cup",
        form: str = "bin2",
        policy: Policy | None = None,
        faults: Faults | None = None,
        start: datetime = datetime(2025, 11, 21, 9, 0, 0),
    ) -> None:
        self.dialect = DIALECTS[dialect]
        if form not in FORMS:
            raise ValueError(f"no such length prefix: {form}; known are {', '.join(FORMS)}")
        self.form = form
        self.policy = policy or Policy()
        self.faults = faults or Faults()
        self.start = start  # local time of the host at now_ms 0
        self.desk = Desk(self.policy, dialect == "cup")
        self.ledger = self.desk.ledger
        self.journal: list[Seen] = []
        self.unreadable = 0
        self.unexpected = 0  # answers and unknown kinds
        self.bad_macs = 0
        self._answers = 0
        self._digits = ("4", "11", "60") if dialect == "cup" else ("4", "11")

    @classmethod
    def of(cls, table: dict[str, Any], unix_s: int) -> Acquirer:
        """The one of a scenario's table, its clock at `unix_s` in China's time."""
        known = Policy.__dataclass_fields__
        policy = Policy(**{name: table[name] for name in table if name in known})
        local = datetime.fromtimestamp(unix_s, timezone(timedelta(hours=8))).replace(tzinfo=None)
        dialect, form = table.get("dialect", "cup"), table.get("form", "bin2")
        return cls(dialect, form, policy, Faults(), start=local)

    def session(self) -> Session:
        """A connection, for shells that move bytes."""
        return Session(self, self.form)

    def count(self, mti: str) -> int:
        """How many requests of this kind arrived: "0200"."""
        return sum(seen.mti == mti for seen in self.journal)

    def codes(self) -> Counter[str]:
        """How often each F39 was decided."""
        return Counter(seen.f39 for seen in self.journal if seen.f39)

    # -- one request -------------------------------------------------------------

    def handle(self, frame: bytes, now_ms: int) -> list[Reply]:
        """Replies to a frame without its length prefix; what cannot be read is hung up on."""
        try:
            fields = self.dialect.decode(frame)
        except ValueError:
            self.unreadable += 1
            return [Reply(0, close="close")]
        if not self.desk.knows(fields["t"]):
            self.unexpected += 1
            return []
        key = self.desk.key(fields)
        self.ledger.see(fields["t"], key)
        struck = self.faults.take(fields)
        for kind, close in UNHEARD.items():
            if kind in struck:
                self.journal.append(Seen(now_ms, fields["t"], *key, ""))
                return [Reply(self.policy.answer_ms, close=close)] if close else []
        self._answers += 1
        ask = Ask(fields, key, now_ms, self._answers, self._rrn(now_ms))
        code = struck.get("f39") or self._refusal(fields, frame)
        if any(kind in struck for kind in IMPOSTORS):
            code = "30"
        extra: Fields = {}
        if not code or code in ACCEPTED:
            decided, extra = self.desk.decide(ask)
            code = code if code and decided == "00" else decided
        self.journal.append(Seen(now_ms, fields["t"], *key, code))
        answer = self._answer(ask, code, extra)
        return self._replies(frame, fields, answer, struck)

    def _refusal(self, fields: Fields, frame: bytes) -> str:
        """An F39 that refuses whatever the message asks, or nothing."""
        tid, policy = fields.get("41", ""), self.policy
        digits = [fields.get(name, "0") for name in self._digits]
        if not all(text.isdigit() for text in digits):
            return "30"
        if policy.merchants:
            if tid not in policy.merchants:
                return "97"
            if fields.get("42") != policy.merchants[tid]:
                return "03"
        if policy.refused.get(tid):
            return policy.refused[tid]
        if not policy.mac_key or "64" not in fields:
            return ""
        if fields["64"] == self.dialect.mac(policy.mac_key, frame):
            return ""
        self.bad_macs += 1
        return "A0"

    # -- the answer --------------------------------------------------------------

    def _now(self, now_ms: int) -> datetime:
        return self.start + timedelta(milliseconds=now_ms)

    def _rrn(self, now_ms: int) -> str:
        return f"{self._now(now_ms):%m%d%H}{self._answers % 1000000:06}"

    def _answer(self, ask: Ask, code: str, extra: Fields) -> Fields:
        fields = ask.fields
        mti = fields["t"]
        origin = int(mti[3])
        if not self.policy.keep_origin:
            origin &= ~1
        now = self._now(ask.now_ms)
        out = {name: fields[name] for name in ECHOED if name in fields}
        out["t"] = f"{mti[:2]}{int(mti[2]) + 1}{origin}"
        if self.dialect.header_bytes >= 5:
            head = fields["h"]
            out["h"] = head[:2] + head[6:10] + head[2:6] + head[10:]
        out |= {"12": f"{now:%H%M%S}", "13": f"{now:%m%d}", "37": ask.rrn, "39": code}
        if self.dialect.name == "cup":
            out["32"] = "00010000"
            if mti[1] in "245":
                late = timedelta(days=now.hour >= self.policy.cut_off_hour)
                out["15"] = f"{now + late:%m%d}"
            if mti[1] in "12":
                out |= {"44": "01020000   00010000   ", "63": "CUP"}
        if "64" in fields:
            out["64"] = fields["64"]
        return out | extra

    def _replies(
        self, frame: bytes, fields: Fields, answer: Fields, struck: dict[str, Any]
    ) -> list[Reply]:
        delay_ms = self.policy.answer_ms
        if "delay" in struck:
            delay_ms += int(struck["delay"] or 5000)
        if "lose" in struck:
            return []
        if "hang_up_after" in struck:
            return [Reply(delay_ms, close="close")]
        spoil_answer(self.dialect, fields, answer, struck)
        out = self.dialect.encode(answer)
        if self.policy.mac_key and "64" in answer:
            out = self.dialect.seal(self.policy.mac_key, out)
        if "echo" in struck:
            out = frame
        return spoil_wire(self.form, Reply(delay_ms, out), struck)
