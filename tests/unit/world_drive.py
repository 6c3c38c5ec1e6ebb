"""Drives a simulated world by hand, in virtual time, on both runtimes."""

from posworld.story.stage import Stage


class EchoNet:
    """A network whose every host takes connections and sends back what it gets, `after` it."""

    def __init__(self):
        self.queue = []
        self.opened = []
        self.closed = []

    def open(self, handle, host, port):
        self.opened.append((host, port))
        self.queue.append(("opened", handle, b""))

    def send(self, handle, data):
        self.queue.append(("data", handle, b"echo:" + data))

    def close(self, handle):
        self.closed.append(handle)


class Drive:
    """A stage with its modem; text() and bytes() give what came out so far and forget it."""

    def __init__(self, scenario=None, seed=1, power=True):
        self.net = EchoNet()
        self.stage = Stage(scenario or {}, seed, self.net)
        self.modem = self.stage.modem
        self.operator = self.stage.operator
        self.now = 0
        self.out = bytearray()
        if power:
            self.stage.power_on()

    def run(self, ms):
        """Let time pass; returns what the modem wrote meanwhile."""
        start = len(self.out)
        end = self.now + ms
        while True:
            due = self.modem.deadline(self.now)
            self.now = end if due < 0 else min(end, self.now + due)
            self.out += self.modem.output(self.now)
            while self.net.queue:
                what, handle, data = self.net.queue.pop(0)
                if what == "opened":
                    self.modem.net_opened(handle, False, self.now)
                else:
                    self.modem.net_data(handle, data, self.now)
            if self.now >= end:
                return bytes(self.out[start:])

    def at(self, command, ms=700):
        """Send a command line and let ms pass; returns the lines that came, without empty ones."""
        self.modem.feed(b"AT" + command.encode() + b"\r", self.now)
        return lines(self.run(ms))

    def data(self, data, ms=1000):
        """Bytes behind a prompt."""
        self.modem.feed(data, self.now)
        return lines(self.run(ms))

    def ready(self, ms=25000):
        """Boot, register, echo off."""
        self.run(ms)
        assert self.at("E0")[-1] == "OK"
        return self

    def notes(self, kind):
        return [n[2] for n in self.operator.notes if n[1] == kind]


def lines(data):
    text = "".join([chr(b) for b in data])
    return [line for line in text.replace("\r", "\n").split("\n") if line]
