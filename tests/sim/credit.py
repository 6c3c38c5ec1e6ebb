"""A terminal, its card's account and its operator, for the lives in lives.py.

Agent and world in one process, in virtual time. The agent looks at its modem each half hour
instead of every 30 s, so that a month takes seconds; what the modem says by itself it hears at
once.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import cup_frames
import soft_cryptolib  # noqa: F401 - before the agent, which `together` imports
from dropping import keep_modules
from posagent.core import schedule
from posproto import cbor, ids, link
from posworld.acquirer.recorded import Recorded
from posworld.calendar import civil
from posworld.network.account import Bar
from posworld.rng import Rng
from posworld.shell.app import PaymentApp
from posworld.story.stage import Stage
from together import Net, Together

DAY_S = 86400
KEY = bytes(range(32))
ECHO_STAN = 999999
EPOCH_S = 1748786400  # 1 June 2025, 22:00 in China
CHINA_S = 28800
ARREARS = {
    ids.V_CREDIT_OVERDUE,
    ids.V_CREDIT_EXHAUSTED,
    ids.V_CREDIT_SUSPECTED,
    ids.V_CREDIT_DATA_USED_UP,
    ids.V_CREDIT_PLAN_EXPIRED,
}
NAMES = {value: name[2:].lower() for name, value in vars(ids).items() if name[:2] == "V_"}


def swift(look_s: int) -> None:
    """Look less often, and keep rare modules loaded (other tests judge that they are dropped)."""
    schedule._LOOK_S = look_s
    schedule._LOOK_TROUBLE_S = min(look_s, 120)
    keep_modules()


class Life:
    """A terminal, its card and its operator. Times are seconds since power-on."""

    def __init__(
        self,
        account: dict[str, Any],
        settings: dict[str, Any] | None = None,
        seed: int = 1,
        brand: str = "cmcc",
        imsi: str = "460001234567890",
        iccid: str = "89860025128306012474",
        look_s: int = 1800,
    ) -> None:
        swift(look_s)
        self.stage = Stage(
            {
                "account": account,
                "operator": {"brand": brand, "epoch_s": EPOCH_S},
                "sim": {"imsi": imsi, "iccid": iccid},
            },
            seed,
        )
        self.operator = self.stage.operator
        self.host = Recorded(Rng(seed + 1))
        net = Net(self.host)
        self.stage.modem.sockets.net = net
        self.stage.power_on()
        own = {"status_s": 3600, "echo": cup_frames.echo(ECHO_STAN).hex()}
        settings = {**self.stage.settings(), **own, **(settings or {})}
        self.together = Together(self.stage, net, settings, seed, KEY)
        self.together.on_line = self._hear
        self.reader = link.FrameReader()
        self.app = PaymentApp()
        self.together.on_app_line = lambda line: self.app.feed(line, self.together.now_ms)
        self.events: list[tuple[int, int, dict[int, Any]]] = []
        self.verdicts: list[tuple[int, int]] = []
        self._doubt: tuple[int, str] | None = None
        self.false: list[tuple[int, str]] = []  # named money where it was not the matter
        self.stan = 0

    # -- what the agent says ---------------------------------------------------------------

    def _hear(self, line: bytes) -> None:
        for frame in self.reader.feed(line):
            if frame.type != ids.FRAME_EVENT:
                continue
            record = cbor.decode(frame.payload)
            args = record.get(ids.EV_ARGS, {})
            self.events.append((self.now_s, record[ids.EV_ID], args))
            if record[ids.EV_ID] == ids.E_VERDICT:
                self._judge(args[ids.A_VERDICT])

    def _judge(self, verdict: int) -> None:
        """A word of money that holds for a minute while nothing is owed nor barred is false."""
        if self._doubt is not None and self.now_s - self._doubt[0] >= 60:
            self.false.append(self._doubt)
        self.verdicts.append((self.now_s, verdict))
        account = self.operator.account
        owed = bool(account.bars) or account.balance_minor <= 0
        self._doubt = None if verdict not in ARREARS or owed else (self.now_s, NAMES[verdict])

    @property
    def now_s(self) -> int:
        return self.together.now_ms // 1000

    @property
    def credit(self) -> Any:
        return self.together.agent.credit

    def verdict(self) -> int:
        return self.verdicts[-1][1] if self.verdicts else 0

    def alerts(self, *verdicts: int) -> list[int]:
        """When alerts were told; of these verdicts, or of any."""
        return [
            at
            for at, event, args in self.events
            if event == ids.E_CREDIT_ALERT
            and (not verdicts or args.get(ids.A_VERDICT) in verdicts)
        ]

    def times(self, kind: str, detail: Any = None) -> list[int]:
        """When the world noted something."""
        return [
            ms // 1000
            for ms, noted, what in self.operator.notes
            if noted == kind and (detail is None or what == detail)
        ]

    def when(self, verdicts: Any, since_s: int = 0) -> int | None:
        """When the agent first said one of these, from `since_s` on."""
        for at, verdict in self.verdicts:
            if at >= since_s and verdict in verdicts:
                return at
        return None

    # -- what happens ----------------------------------------------------------------------

    def date(self) -> tuple[int, int, int]:
        year, month, day, _, _, _ = civil(self._local_s())
        return year, month, day

    def _local_s(self) -> int:
        return int(self.operator.epoch_s) + self.now_s + CHINA_S

    def run(self, seconds: int) -> None:
        self.together.run(seconds)
        self.together.turn()  # or what is done to the world next would count from its last event

    def until_midnight(self) -> None:
        self.run(DAY_S - self._local_s() % DAY_S)

    def request(self, op: int, args: Any) -> None:
        """A request that needs the key, as the host tool sends it."""
        agent = self.together.agent
        answer = agent.credit.plan_set(args) if op == ids.OP_PLAN_SET else None
        assert answer and answer[0] == ids.R_OK, answer

    def hand_in(self) -> None:
        """The payment application hands in a message, and does not wait for its answer."""
        self.stan += 1
        self.app.submit(cup_frames.advice(self.stan))
        for _ in range(5):
            data = self.app.output(self.together.now_ms)
            if data:
                self.together.agent.app.feed(data)
            self.run(1)

    def sell(self) -> None:
        """The payment application hands in a message and takes the answer."""
        self.stan += 1
        self.app.submit(cup_frames.advice(self.stan))
        for _ in range(300):
            data = self.app.output(self.together.now_ms)
            if data:
                self.together.agent.app.feed(data)
            if self.app.job() is None and not data:
                return
            self.run(1)

    def used_bytes(self) -> int:
        """What the operator counts: contents, and 320 bytes of headers for each connection."""
        sockets = self.stage.modem.sockets
        now = sum(s.total_sent + s.total_read for s in sockets.slots.values())
        opened = 320 * len(self.times("tcp_opened"))
        return now + sockets.past_sent + sockets.past_read + opened

    def text(self, text: str) -> None:
        self.operator.sms_service(text)

    def bar(self, layer: str, cause: int, text: str = "") -> None:
        self.operator.bar(Bar(layer, cause))
        if text:
            self.text(text)


class Result:
    """What a life is judged by."""

    def __init__(self, life: Life, cut_s: int | None, paid_s: int | None) -> None:
        self.life = life
        self.cut_s = cut_s
        warned = [at for at in life.alerts() if cut_s is None or at <= cut_s]
        self.warned_days = None if cut_s is None or not warned else (cut_s - warned[0]) / DAY_S
        self.alerts = len(life.alerts())
        self.queries = len(life.operator.smsc.taken)
        self.service_s = self._after(paid_s, ids.E_CONTEXT_UP)
        self.proven_s = self._after(paid_s, ids.E_PATH_PROVEN)
        self.dearest = self._paid_queries()
        self.false = life.false
        self.said = ""
        if cut_s is not None:
            end_s = paid_s if paid_s is not None else life.now_s
            while_cut = [v for at, v in life.verdicts if cut_s - 60 <= at < end_s]
            self.said = NAMES[while_cut[-1]] if while_cut else "-"

    def _after(self, paid_s: int | None, wanted: int) -> int | None:
        for at, event, _ in self.life.events:
            if paid_s is not None and event == wanted and at >= paid_s:
                return at - paid_s
        return None

    def _paid_queries(self) -> int:
        """Queries of the month that had most of them."""
        months = Counter(
            civil(int(self.life.operator.epoch_s) + at + CHINA_S)[:2]
            for at in self.life.times("sms_out")
        )
        return max(months.values(), default=0)

    def line(self, name: str) -> str:
        warned = "-" if self.warned_days is None else f"{self.warned_days:.1f} d"
        service = "-" if self.service_s is None else f"{self.service_s} s"
        proven = "-" if self.proven_s is None else f"{self.proven_s} s"
        return (
            f"{name:26} {warned:>8} {self.alerts:6} {len(self.false):6} {service:>9} "
            f"{proven:>9} {self.queries:8} {self.dearest:8}  {self.said}"
        )
