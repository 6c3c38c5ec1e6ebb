"""The order of the loop: what was told leaves before more is read of the modem."""

import select

from posagent.io import loop


class Line:
    """A port of which something is to be read in each turn; what passes is noted in `order`."""

    def __init__(self, name, order):
        self.stream = self
        self.buf = bytearray(8)
        self._name, self._order = name, order
        self.held = None

    def read(self):
        self._order.append(self._name + " in")
        return 1

    def offer(self, data):
        self.held = data

    def free(self):
        return self.held is None

    quiet = free

    def push(self):
        self._order.append(self._name + " out")
        self.held = None


class Poll:
    """select.poll() of both: the modem comes first."""

    def __init__(self, modem, host):
        self._modem, self._host = modem, host

    def register(self, stream, mask):
        pass

    modify = register

    def ipoll(self, wait_ms):
        yield self._modem, select.POLLIN
        if self._host.held:
            yield self._host, select.POLLOUT


class Agent:
    """One event, told in two turns; then a restart."""

    def __init__(self, telling):
        self.app, self.modem_out, self.pins = None, [], []
        self.host = self
        self.telling = telling
        self._lines = [b"event"]
        self._steps = 0
        self.full = self.relieved = 0  # how often memory runs out, and was made room in

    def step(self):
        self._steps += 1
        if self._steps > 1:
            self.telling = 0
        if self._steps > 2:
            self.pins.append((loop.RESTART, 7))
        return 0

    def take(self):
        return self._lines.pop() if self._lines else None

    def pending(self):
        return len(self._lines) > 0

    def idle(self):
        return False

    def feed_modem(self, buf, n):
        if self.full > self.relieved:
            raise MemoryError

    def relieve(self):
        self.relieved += 1


class Time:
    virtual = False
    ms = 0

    def now_ms(self):
        return 0

    def advance(self, ms):
        pass

    def rest(self, wait_ms, idle):
        pass


class Select:
    """The module select, with that poll."""

    POLLIN, POLLOUT = select.POLLIN, select.POLLOUT
    POLLHUP, POLLERR = select.POLLHUP, select.POLLERR

    def __init__(self, poll):
        self.poll = lambda: poll


def passed(telling, agent=None):
    order = []
    ports = {"modem": Line("modem", order), "host": Line("host", order), "app": None}
    plain = loop.select
    loop.select = Select(Poll(ports["modem"], ports["host"]))
    try:
        assert loop.run(agent or Agent(telling), ports, Time(), Time()) == 7
    finally:
        loop.select = plain
    return order


def test_an_event_leaves_before_more_is_read_of_the_modem():
    assert passed(2) == ["host out", "modem in"]


def test_where_nothing_is_told_each_is_served_as_it_comes():
    assert passed(0) == ["modem in", "host out", "modem in"]


def test_memory_that_runs_out_over_a_line_of_the_modem_is_made_room_in():
    agent = Agent(0)
    agent.full = 1
    assert passed(0, agent)[-1] == "modem in" and agent.relieved == 1
