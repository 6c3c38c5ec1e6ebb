"""Several acquirers in virtual time: hosts with a ledger each, exchanges beside one another.

As settle_world, but the agent's part that has them stands in, and a connection is the host's whose
name it was opened with.
"""

from memory_storage import MemoryStorage
from posagent.core.life.clock import Clock
from posagent.core.life.prng import Prng
from posagent.core.network.path import HostPath
from posagent.core.settlement import acquirers
from posagent.core.settlement.settlement import Settlement
from posproto import submit
from settle_world import Family, Host, World

LOADED = (acquirers,)
SECOND = {"acquirer.2.host": "second", "acquirer.2.port": 6000}


class Hosts:
    """A modem family whose connections lead to the host of the name that was asked for."""

    NAME = "test"

    def __init__(self, world, hosts):
        self.of_host = {}
        for name in hosts:
            self.of_host[name] = Family(world)
            self.of_host[name].host = hosts[name]
        self.socks = {}
        self.open_errors = self.send_fails = ()
        self.most = 0  # connections at once

    def tcp_open(self, sock, host, port, timeout_ms):
        assert sock not in self.socks, "the number is taken"
        family = self.of_host[str(host, "ascii")]
        self.socks[sock] = family
        self.most = max(self.most, len(self.socks))
        error = yield from family.tcp_open(sock, host, port, timeout_ms)
        if error:
            self.socks.pop(sock, None)
        return error

    def tcp_send(self, sock, data):
        return self.socks[sock].tcp_send(sock, data)

    def tcp_recv(self, sock, n):
        return self.socks[sock].tcp_recv(sock, n)

    def tcp_wait(self, sock, timeout_ms):
        return self.socks[sock].tcp_wait(sock, timeout_ms)

    def tcp_close(self, sock):
        yield from self.socks[sock].tcp_close(sock)
        self.socks.pop(sock)

    @property
    def open(self):
        return len(self.socks) > 0

    @open.setter
    def open(self, is_open):
        if not is_open:
            for family in self.of_host.values():
                family.open = False
            self.socks.clear()


class _Engine:
    """Tasks whose waits are time only."""

    def __init__(self, world):
        self.family = world.family
        self.tasks = []
        self._world = world

    def start(self, name, gen, done):
        self.tasks.append([gen, self._world.now_ms, done])


class AcquirerWorld(World):
    """The first host is `acquirer`, the others have the names in the settings."""

    task = None

    def __init__(self, storage=None, hosts=None, **changes):
        self.hosts = hosts or {"acquirer": Host(), "second": Host()}
        values = dict(SECOND)
        values.update(changes)
        for name in ("answer_timeout_s", "settle_timeout_s"):  # nothing is inherited
            if name in changes:
                values.setdefault("acquirer.2." + name, changes[name])
        World.__init__(self, storage or MemoryStorage(), host=self.hosts["acquirer"], **values)

    def boot(self):
        if not isinstance(self.family, Hosts):
            self.family = Hosts(self, self.hosts)
        self.clock = Clock(self.now_ms)
        self.counters = [0] * 64
        self.log = self.make_log()
        self.family.open = False
        self.engine = _Engine(self)
        self.look_s = self.turn_s = 0
        rng = Prng(5)
        path = HostPath(self.config, self.clock, Prng(7))
        first = Settlement(
            *(self.storage, self.config, self.clock, rng, self._event, self.key, path),
            *(self.counters, self.cipher, self.log, b"the device's own"),
        )
        self.settlement, self.path = acquirers.several(self, first)
        self.settlement.online = self.up
        self.main = None

    def event(self, event_id, severity, args=None):
        self._event(event_id, severity, args)

    def of(self, number):
        """The Settlement of an acquirer."""
        return self.settlement._of(number)

    def state_at(self, number, message_id):
        return self.standing_at(number, message_id).state

    def standing_at(self, number, message_id):
        return submit.Standing(self.ask(*submit.query(message_id, number))[1])

    def verdict_names(self):
        """The gravest verdict of each, 0: none."""
        return [self.of(number).verdict() for number in (1, 2)]

    # Time: what the engine does with tasks, and schedule with duties

    def run(self, seconds):
        end_ms = self.now_ms + seconds * 1000
        while self.now_ms < end_ms:
            self._begin()
            tasks = self.engine.tasks
            soonest_ms = self.now_ms + 1000
            if not tasks:
                wait_ms = self.settlement.due()
                soonest_ms = self.now_ms + (5000 if wait_ms < 0 else min(max(wait_ms, 1), 5000))
            soonest_ms = min([task[1] for task in tasks] + [soonest_ms, end_ms])
            if soonest_ms > self.now_ms:
                self.advance(soonest_ms - self.now_ms)
            for task in list(tasks):
                if task[1] <= self.now_ms:
                    self._step(task)
            self.settlement.hear()
            self.settlement.poll()

    def _begin(self):
        self.settlement.online = self.up
        if not self.up:
            return
        if self.main is None:
            if self.settlement.due() == 0:
                self.main = [self.settlement.exchange(self), self.now_ms, self._over]
                self.engine.tasks.append(self.main)
        else:
            self.settlement.beside(self)

    def _over(self, result, error):
        self.main = None
        if error:
            raise error

    def _step(self, task):
        try:
            item = task[0].send(None)
        except StopIteration as stop:
            self.engine.tasks.remove(task)
            task[2](stop.value, None)
            return
        task[1] = self.now_ms + max(item.ms, 1)

    def cut_modem(self):
        """The modem restarts under the exchanges: the engine closes the procedures."""
        from posagent.core.modem.command import Restarted

        tasks, self.engine.tasks = self.engine.tasks, []
        self.family.open = False
        for gen, _, done in tasks:
            gen.close()
            if done == self._over:
                self.main = None
            else:
                done(None, Restarted())
