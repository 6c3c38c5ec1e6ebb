"""A board of version 0.1 lives on with this program: locked, paid, unlocked, and the power gone at
any write to its flash on the way.

Its flash is what version 0.1 itself left (tests/tools/version_0_1.py): all 24 messages of the
outbox taken, a reversal that was sent and never answered, a sale whose outcome nobody knows, a
line barred by its operator, budgets used up, a wrong key counted.

    python tests/sim/living_on.py [STEP [FIRST]]      every STEP-th cut, from number FIRST on
"""

from __future__ import annotations

import base64
import binascii
import io
import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    _ROOT = Path(__file__).resolve().parents[2]
    for _folder in ("tests", "protocol", "firmware", "host_tools", "tests/unit", "tests/sim"):
        sys.path.insert(0, str(_ROOT / _folder))
import cbor2

import cheap_loading
import cup_frames as cup
import judge as cddl
import soft_cryptolib  # noqa: F401  before the agent, which `together` imports
from desk import Desk, Wire
from memory_storage import MemoryStorage, PowerCutError
from posdiag.facts import log_proof
from posdiag.keys import oldkeyed
from posproto import ids, keyed, submit
from posworld.network.operator import bar_of
from posworld.story.judge import Judge
from posworld.story.stage import Stage
from settle_world import Host
from together import Net, Together

_FLASH = Path(__file__).resolve().parents[1] / "vectors" / "version_0_1.json"
LEFT: dict[str, Any] = json.loads(_FLASH.read_text())
KEY = bytes(range(32))
TOLD = LEFT["told"]
HANDED_IN = {int(number): bytes.fromhex(text) for number, text in LEFT["handed_in"].items()}
SALE, SETTLEMENT, LOST, REVERSAL = 1, 3, 4, 5  # ids of messages; all others are advices
BARRED_S, PAID_S = 90, 2400
_ACCOUNT = {"balance_minor": 9000, "low_below_minor": 1000}
_OVER = (ids.MS_ACKNOWLEDGED, ids.MS_UNKNOWN)
# Kinds of files: what version 0.1 wrote as well, and what it did not know. A new one comes in here
# when it is clear what a board that has none of it does.
OF_BOTH = {*("boot", "budget", "config.json", "credit", "iccid", "key", "locked", "log")}
OF_BOTH |= {"oa", "ob", "om", "settle", "terminal", "wrong"}
NEW = {*("cards", "cut", "family", "line", "rat", "report", "secret", "texts")}


def old_records() -> list[tuple[int, int]]:
    """(sequence, E_*) of what stands in the log's files, by the layout that version 0.1 wrote."""
    found = []
    for name in ("log0", "log1"):
        file = io.BytesIO(base64.b64decode(LEFT["files"].get(name, "")))
        while head := file.read(2):
            data = file.read(int.from_bytes(head, "big"))
            assert binascii.crc32(head + data).to_bytes(4, "big") == file.read(4)
            event = cbor2.loads(data)
            found.append((event[ids.EV_SEQUENCE], event[ids.EV_ID]))
    return sorted(found)


def old_boots() -> int:
    """Starts that version 0.1 counted, as it kept them."""
    return int.from_bytes(base64.b64decode(LEFT["files"]["boot"])[:4], "big")


class Board:
    """The board from the first start of the new program on. `cut`: the power goes at that change
    of its flash; 0: it stays.
    """

    def __init__(self, cut: int = 0) -> None:
        flash = MemoryStorage()
        flash.files = {name: base64.b64decode(text) for name, text in LEFT["files"].items()}
        flash.lose_at = cut
        self.stage = Stage({"account": _ACCOUNT, "smsc": {"announce": True}}, 12)
        self.operator = self.stage.operator
        self.operator.epoch_s += TOLD["uptime_s"] + 60
        self.operator.bar(bar_of({"layer": "data", "cause": 33}))
        self.stage.power_on()
        arrived = [(bytes.fromhex(frame), step) for frame, step in LEFT["arrived"]]
        self.wire = Wire(Host(), arrived)
        self.before = len(arrived)
        net = self.stage.modem.sockets.net = Net(self.wire)
        self.cuts = self.changes = 0
        self.flash = flash
        self.used: set[int] = set()  # sequence numbers that somebody saw
        self.waits: list[int] = []  # budgets, as they were first told
        self.asked_s = 0
        while True:
            try:
                self.together = Together(self.stage, net, LEFT["settings"], 12, KEY, self.flash)
                break
            except PowerCutError:
                self._renew()
        self.desk = Desk(self.together)

    def _renew(self) -> None:
        # What the dead agent's procedures still write reaches nothing.
        self.cuts += 1
        self.changes += self.flash.changes
        flash = MemoryStorage(self.flash.capacity)
        flash.files = dict(self.flash.files)
        self.flash.lose_at = 0
        self.flash = flash

    def safely(self, act: Callable[..., Any], *args: Any) -> Any:
        """act(*args), again after the start that follows a cut."""
        while True:
            try:
                return act(*args)
            except PowerCutError:
                self._renew()
                self.together.storage = self.flash
                self.together.start()

    def run_until(self, second: int) -> None:
        self.safely(lambda: self.together.run_ms(max(second * 1000 - self.together.now_ms, 1)))

    def keyed(self, op: int, args: Any = None) -> int:
        result, value = self.desk.ask(ids.OP_CHALLENGE)
        assert result == ids.R_OK, result

        def put(writer: Any, request: int) -> None:
            device = LEFT["settings"]["device_id"]
            keyed.put_request(writer, KEY, device, request, value[0], op, args)

        return int(self.desk.say(put)[0])

    def old_tool(self) -> int:
        """What the technician's tool of version 0.1 hears when it wants to change something."""
        _, value = self.desk.ask(ids.OP_CHALLENGE)

        def put(writer: Any, request: int) -> None:
            oldkeyed.put_request(writer, KEY, "POS-0042", request, value[0], ids.OP_RESTART)

        return int(self.desk.say(put)[0])

    def order(self, op: int, locked: bool) -> None:
        """Lock or unlock: ordered again as long as the board does not start so."""
        while self.together.agent.locked != locked:
            if self.keyed(op) == ids.R_OK:
                self.together.run_ms(3000)

    def budgets(self) -> None:
        self.waits = self.desk.ask(ids.OP_LADDER)[1][0]
        self.asked_s = self.together.now_ms // 1000

    def live(self) -> None:
        """Barred, asked by the old tool, locked, paid, unlocked."""
        self.run_until(30)
        self.safely(self.budgets)
        assert self.safely(self.old_tool) == ids.R_OLD
        self.run_until(BARRED_S)
        self.safely(self.order, ids.OP_LOCK, True)
        assert self.safely(self.desk.ask, *submit.query(LOST))[0] == ids.R_KEY_NEEDED
        self.operator.unbar()
        self.operator.top_up(5000)
        self.run_until(PAID_S)
        self.safely(self.order, ids.OP_UNLOCK, False)
        self.run_until(PAID_S + 60)
        self.changes += self.flash.changes


def judge(board: Board) -> None:
    """What must hold at the end, whenever the power was cut."""
    reports = {n: submit.Standing(board.desk.ask(*submit.query(n), "app")[1]) for n in HANDED_IN}
    for number, standing in reports.items():
        if number == SALE:
            continue  # its end was taken in the old life
        expected = ids.MS_UNKNOWN if number == LOST else ids.MS_ACKNOWLEDGED
        assert standing.state == expected, (number, standing.state, standing.why)
        if number != LOST:
            assert _answer(board, number), ("answer lost", number)
    arrived = Counter(frame for frame, _ in board.wire.arrived)
    for number, frame in HANDED_IN.items():
        again = number == REVERSAL  # it had left before
        least = most = 1 + again
        if board.cuts and number > LOST:
            most += 1  # repeated, as the rules of these messages want it
        assert least <= arrived[frame] <= most, ("arrived", number, arrived[frame])
    assert set(arrived) == set(HANDED_IN.values())
    host = board.wire.host
    assert host.charges == {(1, 1): 1, (1, 4): 0}
    assert set(host.advices.values()) == {1} and len(host.advices) == len(HANDED_IN) - 4
    _judge_budgets(board)
    _judge_log(board)
    _judge_status(board)
    plan = board.desk.ask(ids.OP_CREDIT)[1][ids.CRD_PLAN]
    assert {int(key): value for key, value in TOLD["plan"].items()}.items() <= plan.items()


def _answer(board: Board, number: int) -> bytes | None:
    fetch = submit.Answer(number)
    while fetch.data is None:
        result, value = board.desk.ask(*fetch.request(), "app")
        if result != ids.R_OK:
            return None
        fetch.add(value)
    cup.read(fetch.data)
    return fetch.data


def _judge_budgets(board: Board) -> None:
    """No budget came back but by time, and the network saw nothing of it."""
    for kind, wait in enumerate(TOLD["waits"]):
        assert board.waits[kind] >= wait - board.asked_s - 60, ("budget refilled", kind)
    assert Judge(board.stage).violations() == []
    early = (TOLD["waits"][0] - 120) * 1000
    paid = BARRED_S * 1000
    assert Judge(board.stage).count(("activate",), 0, min(early, paid)) <= 1, "asked too early"


def _judge_log(board: Board) -> None:
    """Every old record can be read, and no number is given twice."""
    read = board.desk.log()
    numbers = [sequence for sequence, _, _ in read]
    assert numbers == sorted(set(numbers)), "a number twice"
    old = old_records()
    assert [(sequence, event) for sequence, event, _ in read][: len(old)] == old
    assert min(numbers[len(old) :]) > TOLD["log"][-1][0], "a number that a host had seen"
    told = {event for _, event, _ in read[len(old) :]}
    assert {ids.E_BOOT, ids.E_UNLOCKED, ids.E_ACKNOWLEDGED} <= told
    assert ids.E_LOCKED in told or board.cuts, "locked, and nobody was told"
    assert ids.E_FLASH_OLD not in told and ids.E_LOG_DAMAGED not in told
    records, oldest = board.desk.records()
    proof = log_proof.prove(
        records, log_proof.log_key(KEY), oldest, board.together.agent.log.flashed
    )
    assert not proof.is_broken and proof.unsigned == len(old), proof


def _judge_status(board: Board) -> None:
    """It tells what version 0.1 could not, in the schema's form, and reports to nobody of itself:
    its settings know nothing of that.
    """
    status = board.desk.ask(ids.OP_STATUS)[1]
    cddl.check("status", cbor2.dumps(status))
    assert status[ids.ST_BOOT] > old_boots() and status[ids.ST_PLMN] == "46000"
    assert status[ids.ST_CELL] > 0 and status[ids.ST_LOG_LAST] > TOLD["log"][-1][0]
    # Asked before the top-up or behind it, as the cut had it.
    assert status[ids.ST_BALANCE_MINOR] in (9000, 14000) and status[ids.ST_CURRENCY] == "CNY"
    assert not status[ids.ST_FLAGS] & (ids.FLAG_CONFIG_REFUSED | ids.FLAG_LOG_DAMAGED)
    assert board.together.agent.reporter is None
    assert LEFT["settings"].items() <= board.desk.ask(ids.OP_CONFIG_GET)[1].items()
    assert not {name for name in board.flash.files if name.startswith("ob")}, "not all has ended"
    kinds = {re.sub(r"\d+$", "", name) for name in board.flash.files}
    assert kinds <= OF_BOTH | NEW, ("what does a board without it do?", kinds - OF_BOTH - NEW)


def play(cut: int = 0) -> Board:
    board = Board(cut)
    board.live()
    judge(board)
    assert bool(board.cuts) == bool(cut), "no such change"
    return board


def main(arguments: list[str]) -> int:
    cheap_loading.install()
    step, first = (*map(int, arguments), 1, 1)[:2]
    total = play().changes
    for cut in range(first, total + 1, step):
        try:
            play(cut)
        except AssertionError as error:
            print(f"cut at change {cut} of {total}: {error}")
            return 1
    print(f"{total} changes of flash, cut at every {step}.: nothing lost, nothing sent twice")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
