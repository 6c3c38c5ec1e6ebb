"""Makes tests/vectors/version_0_1.json: the flash of a board on which version 0.1 lived, as that
program itself wrote it, and what it said of its state before its power went.

    python tests/tools/version_0_1.py      in a checkout with the whole history
"""

from __future__ import annotations

import base64
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "tests" / "vectors" / "version_0_1.json"
COMMIT = "140d500f5fd73f36103ba381717ac12f773248de"
FOLDERS = ("protocol", "firmware", "host_tools", "tests/unit", "tests/sim")
SEED = 11
DEVICE = "POS-0042"
KEY = bytes(range(32))
SETTINGS = {"device_id": DEVICE, "closed_apn": True, "answer_timeout_s": 15, "apn": "cmnet"}
ACCOUNT = {"balance_minor": 9000, "low_below_minor": 1000}


def unpack(folder: Path) -> None:
    """The tree of version 0.1, and it alone, is what is imported from now on."""
    command = ["git", "-C", str(ROOT), "archive", COMMIT]
    archive = subprocess.run(command, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(folder, filter="data")
    sys.path[:0] = [str(folder / name) for name in FOLDERS]
    sys.path.append(str(ROOT / "tests" / "sim"))


class Life:
    """One life of version 0.1: live(), then left() is what stays of it."""

    def __init__(self) -> None:
        from posworld.stage import Stage

        import soft_cryptolib  # noqa: F401  before the agent
        from desk import Desk, Wire
        from settle_world import Host
        from together import Net, Together

        self.stage = Stage({"account": ACCOUNT, "smsc": {"announce": True}}, SEED)
        self.stage.power_on()
        self.wire = Wire(Host())
        net = self.stage.modem.sockets.net = Net(self.wire)
        self.settings = {**self.stage.settings(), **SETTINGS}
        self.together = Together(self.stage, net, self.settings, SEED, KEY)
        self.together.storage.write("key", KEY)
        self.together.storage.write("config.json", json.dumps(self.settings).encode())
        self.desk = Desk(self.together)
        self.handed: dict[int, bytes] = {}

    def give(self, number: int, message: bytes) -> bool:
        """Was the message taken?"""
        from posproto import ids, submit

        for op, args in submit.hand_in(number, message):
            if self.desk.ask(op, args, "app")[0] != ids.R_OK:
                return False
        self.handed[number] = message
        return True

    def keyed(self, op: int, args: object, key: bytes) -> int:
        from posproto import auth, cbor, ids

        _, value = self.desk.ask(ids.OP_CHALLENGE)
        body = cbor.encode(args)

        def put(writer: cbor.Writer, request: int) -> None:
            mac = auth.request_mac(key, value[0], DEVICE, request, op, body)  # type: ignore[attr-defined]
            kept = {ids.RQ_OP: op, ids.RQ_ARGS: body, ids.RQ_NONCE: value[0], ids.RQ_MAC: mac}
            writer.value(kept)

        return int(self.desk.say(put)[0])

    def live(self) -> None:
        from posworld.operator import bar_of

        import cup_frames as cup
        from posproto import ids, submit

        run = self.together.run
        run(400)
        fee = {ids.PLAN_FEE_DOM: 1, ids.PLAN_FEE_MINOR: 2900}
        assert self.keyed(ids.OP_PLAN_SET, fee, KEY) == ids.R_OK
        for number, message in ((1, cup.sale(1)), (2, cup.advice(2)), (3, cup.settlement(3))):
            assert self.give(number, message)
            run(60)
        self.desk.ask(*submit.done(1), "app")
        self.wire.script = [{"silent": True}, {"silent": True}]
        assert self.give(4, cup.sale(4))  # charged, and nobody heard of it
        run(40)
        assert self.give(5, cup.reversal(4))  # booked, and nobody heard of it
        run(20)
        assert self.keyed(ids.OP_PLAN_SET, {ids.PLAN_FEE_DOM: 2}, bytes(32)) == ids.R_KEY_WRONG
        self.stage.operator.bar(bar_of({"layer": "data", "cause": 33}))
        run(2 * 3600)
        number = 6
        while self.give(number, cup.advice(number)):
            number += 1
        assert number > 20, "the outbox is full"
        run(4000)

    def _told(self) -> dict[str, object]:
        """What it says of itself at last."""
        from posproto import ids, submit

        ask = self.desk.ask
        waiting = [number for number in self.handed if number > 1]
        return {
            "states": {n: ask(*submit.query(n), "app")[1][ids.MSG_STATE] for n in waiting},
            "waits": ask(ids.OP_LADDER)[1][0],
            "batch": ask(ids.OP_SETTLEMENT)[1][0][ids.MSG_STATE],
            "plan": ask(ids.OP_CREDIT)[1][ids.CRD_PLAN],
            "log": [list(entry[:2]) for entry in self.desk.log()],
            "uptime_s": self.together.clock.s,
        }

    def rare(self) -> dict[str, object]:
        """Files that this life did not come to, by the same program's own hands: a log of two
        segments, crashes, a PIN that the card refused; and the numbers of that log's records.
        """
        from hashlib import sha256
        from types import SimpleNamespace

        from memory_storage import MemoryStorage
        from posagent.core import crash, eventlog, pin
        from posproto import ids

        storage, clock = MemoryStorage(), self.together.clock
        log = eventlog.EventLog(storage, clock, eventlog.next_boot(storage), [0] * 64, 1024)
        for n in range(60):
            log.add(ids.E_REGISTRATION, ids.SEV_INFO, {ids.A_CAUSE: n})
            log.flush()
        numbers, at, oldest = [], 0, 0
        while True:
            page, at, oldest = log.read(at, 100)
            if not page:
                break
            numbers += [self._sequence(record) for record in page]
        for place in ("outbox:12 mark", "engine:7 feed"):
            crash.add(storage, 1, 77, 0, "ValueError", place, -1)
        agent = SimpleNamespace(storage=storage, counters=[0] * 64)
        pin._keep(agent, sha256(b"8986001234567890123/1234").digest()[:8], 255)
        files = {name: base64.b64encode(data).decode() for name, data in storage.files.items()}
        return {"files": files, "numbers": numbers}

    @staticmethod
    def _sequence(record: bytes) -> int:
        from posproto import cbor, ids

        return int(cbor.decode(record)[ids.EV_SEQUENCE])

    def left(self) -> dict[str, object]:
        told = self._told()
        files = self.together.storage.files
        return {
            "commit": COMMIT,
            "files": {name: base64.b64encode(data).decode() for name, data in files.items()},
            "handed_in": {number: data.hex() for number, data in self.handed.items()},
            "arrived": [[frame.hex(), step] for frame, step in self.wire.arrived],
            "settings": self.settings,
            "told": told,
            "rare": self.rare(),
        }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        unpack(Path(folder))
        life = Life()
        life.live()
        OUT.write_text(json.dumps(life.left(), indent=0, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
