"""The engine and a family against posworld's modem, both in one virtual time."""

from posagent import modems
from posagent.core.life.clock import Clock
from posagent.core.modem.command import Command
from posagent.core.modem.engine import Engine
from posworld.modem.modem import Modem
from posworld.network.operator import Operator
from posworld.rng import Rng

SETUP = (b"E0", b"V1", b"Q0", b"+CMEE=1", b"+CEREG=2", b"+CGEREP=2,1", b"+CMGF=0")


CFG = {
    "apn": "cmnet",
    "pdp_type": "IP",
    "apn_auth": "none",
    "apn_user": "",
    "apn_password": "",
}


def exchange(family, sock, host, port, data):
    """Open, send, read as much as was sent, close: (error, sent, what came)."""
    error = yield from family.tcp_open(sock, host, port, 60000)
    if error:
        return error, False, b""
    sent = yield from family.tcp_send(sock, data)
    got = b""
    waits = 0
    while len(got) < len(data) and waits < 4:
        piece = yield from family.tcp_recv(sock, 1500)
        if piece:
            got += piece
        elif piece is None:
            break
        else:
            waits += 1
            yield from family.tcp_wait(sock, 5000)
    yield from family.tcp_close(sock)
    return 0, sent, got


def one(text):
    reply = yield Command(text)
    return reply


class EchoNet:
    """A host that accepts every connection and sends back what it gets, after `greeting`."""

    def __init__(self):
        self.owner = None
        self.greeting = b""
        self.calls = []  # (due_ms, function, arguments)

    def open(self, handle, host, port):
        refused = port == 1
        self.later(30, self.owner.net_opened, handle, refused)
        if self.greeting and not refused:
            self.later(60, self.owner.net_data, handle, self.greeting)

    def send(self, handle, data):
        self.later(40, self.owner.net_data, handle, bytes(data))

    def close(self, handle):
        pass

    def later(self, ms, function, *args):
        self.calls.append((self.owner.agenda.now_ms + ms, function, args))

    def run(self, now_ms):
        while self.calls and self.calls[0][0] <= now_ms:
            _, function, args = self.calls.pop(0)
            function(*(args + (now_ms,)))

    def deadline(self, now_ms):
        return max(0, self.calls[0][0] - now_ms) if self.calls else -1


class World:
    """Runs until told; `cut` > 0 hands the modem's bytes over in pieces of 1..cut bytes."""

    def __init__(self, family="quectel", seed=1, cut=0, options=None, setup=True):
        self.rng = Rng(seed)
        self.cut = cut
        self.now = 0
        self.operator = Operator(self.rng)
        self.net = EchoNet()
        self.modem = Modem(self.operator, self.rng, family, self.net, options)
        self.net.owner = self.modem
        self.clock = Clock()
        self.counters = [0] * 32
        self.urcs = []
        self.restarts = 0
        self.family = modems.load(family)
        self.engine = Engine(self.write, self.clock, self.family, self.counters)
        self.engine.on_urc = self.urcs.append
        self.engine.on_restart = self.restarted
        self.modem.power_on(0)
        if setup:
            self.run(30000)
            self.do(self.setup())
            self.restarts = 0  # the boot just now

    def restarted(self):
        self.restarts += 1
        self.engine.start("setup", self.setup(), priority=9)

    def setup(self):
        for text in SETUP + self.family.INIT:
            yield Command(text)

    def context_lost(self, now_ms):
        self.modem.context_lost(1)

    def write(self, data):
        self.modem.feed(bytes(data), self.now)

    def take(self):
        data = self.modem.output(self.now)
        while data:
            n = self.rng.between(1, self.cut) if self.cut else len(data)
            self.engine.feed(data[:n], len(data[:n]))
            data = data[n:]

    def turn(self):
        """What is due now; returns ms until something is due again, -1 when nothing is."""
        self.take()
        wait = self.engine.poll()
        for ms in (self.modem.deadline(self.now), self.net.deadline(self.now)):
            if ms >= 0 and (wait < 0 or ms < wait):
                wait = ms
        return wait

    def move(self, wait_ms, limit_ms):
        self.now += limit_ms if wait_ms < 0 or wait_ms > limit_ms else wait_ms
        self.clock.advance(self.now % (1 << 30))
        self.net.run(self.now)

    def run(self, ms):
        end = self.now + ms
        while self.now < end:
            self.move(self.turn(), end - self.now)
        self.turn()

    def online(self):
        (up, cause), error = self.do(self.family.context_up(CFG))
        assert (up, cause, error) == (True, 0, None)

    def begin(self, gen):
        """Start a procedure; returns the list that gets its (result, error)."""
        ends = []

        def done(value, error):
            ends.append((value, error))

        self.engine.start("do", gen, done)
        return ends

    def do(self, gen, ms=600000):
        """Run one procedure to its end; returns (result, error)."""
        ends = self.begin(gen)
        end = self.now + ms
        wait = self.turn()
        while not ends and self.now < end:
            self.move(wait, end - self.now)
            wait = self.turn()
        assert ends, "not finished"
        return ends[0]
