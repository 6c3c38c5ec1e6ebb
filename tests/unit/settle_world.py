"""Settlement in virtual time: a modem family as a function of time, an acquirer that books.

No engine and no AT here: what the exchange yields is time only. The acquirer keeps a ledger of its
own, so that tests judge by what was charged, not by what the agent believes.
"""

import cup_frames
from memory_storage import MemoryStorage
from posagent.core.host import door

# Loaded here once for all tests; the agent loads them for a moment (see test_settlement_modules).
from posagent.core.life import config
from posagent.core.life.clock import Clock
from posagent.core.life.prng import Prng
from posagent.core.modem.command import Sleep
from posagent.core.network.path import HostPath
from posagent.core.settlement import connection, recovery, summary
from posagent.core.settlement import submit as submitting
from posagent.core.settlement.settlement import Settlement
from pospractice import soft_aes
from posproto import ids, submit
from posproto.cbor import CborError

KEY = bytes(range(32))
LOADED = (connection, submitting, recovery, summary)
_SOCK_DATA, _SOCK_CLOSED = 1, 2


class Host:
    """The acquirer. `script`: per request, in order, what it does; then it answers everything.

    A script's step is a dict: f39, order, delay_ms, silent, twice, spoil(frame), close, field
    changes as f37="..."; `lost` means that the request never arrived.
    """

    def __init__(self):
        self.script = []
        self.deaf_to = None  # an MTI that it books and never answers
        self.seen = []  # (MTI, STAN) of every request that arrived
        self.charges = {}  # (batch, STAN): how often it is charged now
        self.advices = {}
        self.totals_f48 = None

    def take(self, frame):
        """A request arrived: [(delay_ms, bytes or None for a close)]."""
        step = self.script.pop(0) if self.script else {}
        request = cup_frames.read(frame)
        if step.get("lost"):
            return []
        mti, stan, batch = request[0], int(request[11]), int(request[60][2:8])
        self.seen.append((mti, stan))
        f39 = self._book(mti, stan, batch, step.get("f39", "00") or "00")
        if mti == self.deaf_to:
            return []
        if step.get("silent"):
            return [(step.get("delay_ms", 0), None)] if step.get("close") else []
        changes = {name: step[name] for name in step if name[0] == "f" and name != "f39"}
        if step.get("f39", "00") is None:
            f39 = None
        answer = cup_frames.answer(frame, f39, step.get("order", 0), **changes)
        if "spoil" in step:
            answer = step["spoil"](answer)
        data = cup_frames.framed(answer)
        delay_ms = step.get("delay_ms", 800)
        out = [(delay_ms, data)]
        if step.get("twice"):
            out.append((delay_ms + 100, data))
        if step.get("close"):
            out.append((delay_ms + 200, None))
        return out

    def _book(self, mti, stan, batch, f39):
        key = (batch, stan)
        if f39 == "00" and mti in ("0200", "0100"):
            self.charges[key] = self.charges.get(key, 0) + 1
        elif f39 == "00" and mti == "0400":
            if self.charges.get(key, 0):
                self.charges[key] -= 1
        elif f39 == "00" and mti == "0220":
            if key in self.advices:
                return "94"
            self.advices[key] = 1
        return f39


class Family:
    """The tcp_* procedures of a modem family, over a Host."""

    NAME = "test"

    def __init__(self, world):
        self.world = world
        self.host = world.host
        self.open_errors = []  # socket errors of the next attempts
        self.send_fails = []  # True: the next send reports failure; "late": after the host took it
        self.opens = []
        self.open = False
        self._due = []  # (ms since start, bytes or None)

    def tcp_open(self, sock, host, port, timeout_ms):
        yield Sleep(300)
        self.opens.append((host, port))
        error = self.open_errors.pop(0) if self.open_errors else 0
        self.open = not error
        self._due = []
        return error

    def tcp_send(self, sock, data):
        yield Sleep(50)
        self.world.sent.append(data)
        fails = self.send_fails.pop(0) if self.send_fails else False
        if fails is True:
            return False
        assert int.from_bytes(data[:2], "big") == len(data) - 2
        for delay_ms, answer in self.host.take(bytes(data[2:])):
            self._due.append((self.world.now_ms + delay_ms, answer))
        return not fails

    def tcp_recv(self, sock, n):
        yield Sleep(20)
        if not self.open:
            return None
        while self._due and self._due[0][0] <= self.world.now_ms:
            data = self._due[0][1]
            if data is None:
                self.open = False
                return None
            if len(data) > n:
                self._due[0] = (self._due[0][0], data[n:])
                return data[:n]
            self._due.pop(0)
            return data
        return b""

    def tcp_wait(self, sock, timeout_ms):
        if self._due:
            left_ms = max(self._due[0][0] - self.world.now_ms, 0)
            if left_ms <= timeout_ms:
                yield Sleep(left_ms)
                return _SOCK_DATA
        yield Sleep(timeout_ms)
        return None

    def tcp_close(self, sock):
        yield Sleep(30)
        self.open = False

    def say(self, data):
        """The host sends something by itself."""
        self._due.insert(0, (self.world.now_ms, data))


class World:
    """Agent's settlement, modem and acquirer; the modem's link is up unless `up` says no."""

    log = None  # of the start that runs
    task_ended = False  # the exchange ended, by its end or an error

    def __init__(self, storage=None, cipher=soft_aes.aes, key=KEY, host=None, **changes):
        values, _ = config.load(None)
        values.update({"host": "acquirer", "port": 5000, "closed_apn": True})
        values.update(changes)
        self.config = values
        self.storage = storage or MemoryStorage()
        self.host = host or Host()
        self.events = []
        self.sent = []  # bytes as they left
        self.now_ms = 0
        self.next_id = 0
        self.up = True
        self.family = Family(self)
        self.cipher = cipher
        self.key = key
        self.task = None
        self._dead = []
        self.boot()

    def boot(self):
        """The agent starts (again): RAM is lost, flash stays."""
        self._dead.append(self.task)  # a procedure that lost its power cleans nothing up
        self.clock = Clock(self.now_ms)
        self.counters = [0] * 64
        self.log = self.make_log()
        self.family.open = False
        self.task = None
        self.path = HostPath(self.config, self.clock, Prng(7))
        self.settlement = Settlement(
            self.storage,
            self.config,
            self.clock,
            Prng(5),
            self._event,
            self.key,
            self.path,
            self.counters,
            self.cipher,
            self.log,
            secret=b"the device's own",
        )
        self.settlement.online = self.up

    def make_log(self):
        """The event log of this start; none here."""
        return None

    def _event(self, event_id, severity, args=None):
        self.events.append((event_id, args or {}))

    # The application

    def ask(self, op, args):
        try:
            args = door.arguments(op, args)
        except CborError:
            return ids.R_BAD_REQUEST, None
        return self.settlement.handle_app(op, args)

    def hand_in(self, message, message_id=0, **details):
        """Hands a message in; returns (result, Report). The id is given where none is named."""
        if not message_id:
            self.next_id += 1
            message_id = self.next_id
        for op, args in submit.hand_in(message_id, message, **details):
            result, value = self.ask(op, args)
        return result, submit.Standing(value)

    def give(self, message, **details):
        """Hands in what must be accepted; returns its id."""
        result, standing = self.hand_in(message, **details)
        assert result == ids.R_OK and standing.state == ids.MS_READY, (result, standing.why)
        return standing.id

    def state(self, message_id):
        return self.standing(message_id).state

    def standing(self, message_id):
        return submit.Standing(self.ask(*submit.query(message_id))[1])

    def answer(self, message_id):
        fetch = submit.Answer(message_id)
        while fetch.data is None:
            result, value = self.ask(*fetch.request())
            if result != ids.R_OK:
                return None
            fetch.add(value)
        return fetch.data

    def told(self, event_id):
        """Arguments of the events of this kind."""
        return [args for event, args in self.events if event == event_id]

    # Time

    def advance(self, ms):
        self.now_ms += ms
        self.clock.advance(self.now_ms)

    def run(self, seconds):
        """Lets time pass: exchanges run when they are due and the link is up."""
        end_ms = self.now_ms + seconds * 1000
        while self.now_ms < end_ms:
            if self.task is None:
                self.settlement.online = self.up
                wait_ms = self.settlement.due()
                if wait_ms == 0 and self.up:
                    self.task = connection.run(self.settlement, self.family)
                    continue
                if wait_ms < 0 or not self.up:
                    wait_ms = 5000
                self.advance(min(max(wait_ms, 1), end_ms - self.now_ms, 5000))
            else:
                self.step()

    def run_until(self, happened):
        """Lets time pass step by step until happened()."""
        while not happened():
            if self.task is None:
                if self.settlement.due() == 0:
                    self.task = connection.run(self.settlement, self.family)
                else:
                    self.advance(100)
            else:
                self.step()

    def run_until_sent(self):
        """Until the next bytes have left."""
        before = len(self.sent)
        self.run_until(lambda: len(self.sent) > before)

    def step(self):
        """One step of the running exchange."""
        self.task_ended = True
        try:
            item = self.task.send(None)
            self.task_ended = False
        except StopIteration as stop:
            self.result = stop.value
            self.task = None
            self.advance(10)
            return
        self.advance(max(item.ms, 1))
        self.settlement.hear()
        self.settlement.poll()

    def alive(self):
        """Is the exchange at work, or did it end by an error?"""
        return self.task is not None and self.task_ended is False

    def cut_modem(self):
        """The modem restarts under the exchange: the engine closes the procedure."""
        task, self.task = self.task, None
        if task:
            task.close()

    def arrived(self, mti):
        """STANs of the requests of this kind that reached the host, in order."""
        return [stan for kind, stan in self.host.seen if kind == mti]
