"""Several acquirers behind one terminal. Loaded where the settings name more than one.

Each has a Settlement of its own: outbox, batch, back-off, answers that are awaited, and the path
to its host; its files on flash begin with its number. So nothing of one is matched with, held up
or closed by another's, and a STAN or a batch number may be the same in both. Acquirers stands in
the agent where a Settlement stands, Paths where its HostPath does: they ask all, tell one thing.

While one host keeps a message waiting another's leaves, over the modem's second connection. Where
both are over TLS they take turns: a module's set of certificates is not changed under one in use.
"""

from posproto import const, ids
from posproto.auth import hmac_sha256
from posproto.iso8583 import kinds, match
from posproto.settings import further
from posproto.verdicts import severity_of

from .. import modules
from ..modem.command import Restarted, Sleep
from ..network.path import HostPath
from ..network.paths import Paths, trouble_of
from . import events
from .settlement import Settlement

_CA_FILE = "ca.pem"
_SOCKETS = const(2)  # the second is the probes', of which none runs meanwhile
_LANES_MS = const(500)
_PATIENCE_S = const(15)  # what nobody stands at the counter for waits so long for a connection
_RECORDS_MIN = const(4)
_BYTES_MIN = const(1024)


def several(a, first):
    """(Acquirers, Paths) for the agent `a`, whose first acquirer is `first`."""
    numbers = [n for n in range(2, ids.ACQUIRERS_MAX + 1) if _is_there(a, n)]
    count = len(numbers) + 1
    first.config = _share(dict(a.config), count)
    found = [first]
    for number in numbers:
        config = _share(modules.call("life.config", "of_acquirer", a.config, number), count)
        key = hmac_sha256(a.key, b"POSMA outbox 1.%d" % number) if a.key else b""
        path = HostPath(config, a.clock, first.rng)
        storage = Named(a.storage, _files(number))
        words = (storage, config, a.clock, first.rng, a.event, key, path, first.counters)
        found.append(Further(number, words, first))
    assert len(found) <= ids.ACQUIRERS_MAX and [s.number for s in found] == [1] + numbers
    return Acquirers(a, found), Paths([s.path for s in found])


def _share(config, count):
    """What the outbox may hold is for all together."""
    config["outbox_records"] = max(config["outbox_records"] // count, _RECORDS_MIN)
    config["outbox_bytes"] = max(config["outbox_bytes"] // count, _BYTES_MIN)
    return config


def _files(number):
    return "acq%d." % number


def _is_there(a, number):
    # One whose host was taken from the settings may have messages left, whose end must be told.
    return bool(a.config.get(further(number) + "host") or a.storage.names(_files(number) + "om"))


class Named:
    """The part of a Storage whose files' names begin alike."""

    def __init__(self, storage, prefix: str):
        self._storage = storage
        self._prefix = prefix
        self.unreadable = storage.unreadable
        self.free = storage.free

    def read(self, name: str):
        """An acquirer without an authority of its own has the first one's."""
        found = self._storage.read(self._prefix + name)
        return self._storage.read(name) if found is None and name == _CA_FILE else found

    def write(self, name: str, data: bytes) -> None:
        self._storage.write(self._prefix + name, data)

    def size(self, name: str) -> int:
        return self._storage.size(self._prefix + name)

    def remove(self, name: str) -> None:
        self._storage.remove(self._prefix + name)

    def names(self, prefix: str = "") -> list:
        at = len(self._prefix)
        return [name[at:] for name in self._storage.names(self._prefix + prefix)]


class Further(Settlement):
    """The second acquirer and those behind it: its events tell its number."""

    def __init__(self, number: int, words: tuple, first):
        self.number = number
        on_event = words[4]

        def told(event, severity, args=None):
            args = dict(args) if args else {}
            args[ids.A_ACQUIRER] = number
            on_event(event, severity, args)

        words = words[:4] + (told,) + words[5:]
        keys = first.outbox.keys
        cipher = keys[2] if keys else None
        Settlement.__init__(self, *words + (cipher, first.log, first.secret, first.parts))
        self.outbox.number = number


class Acquirers:
    """Where a terminal has several: asked and told what a Settlement is."""

    online = False  # the agent says whether there is a context
    pending = oldest_s = 0
    last_ack_s = None
    bytes = 0

    def __init__(self, a, found: list):
        self._a = a
        self._all = found
        self.lanes = []  # those with a connection, or about to have one
        self._served = []  # the last one served stands last
        self._owed_s = {}  # number: uptime since when it waits for a connection
        self.outbox = self  # live() is what is asked of it
        self.cut_short = False
        names = []
        for s in found:
            self.cut_short = self.cut_short or s.cut_short
            s.outboxes = [other.outbox for other in found]
            s.crowd = self
            framing = "bare" if s.config["prefix"] == "none" else "framing"
            names += [n for n in (s.config["dialect"], framing) if n not in names]
        modules.dialect(["posproto.iso8583." + name for name in names])

    def _of(self, number):
        for s in self._all:
            if s.number == number:
                return s
        return None

    # The application and the host

    def handle_app(self, op: int, args: dict, flags: int = 0):
        # Of a number that nobody has the first one says so.
        s = self._of(args.get(ids.SUB_ACQUIRER, 1)) or self._all[0]
        return modules.call("settlement.submit", "handle", s, op, args, flags)

    def summary(self, order: int = 0, number: int = 1):
        s = self._of(number)
        if s is None:
            return None
        told = modules.call("settlement.summary", "summary", s, order)
        if not order:
            self.poll()
            told[ids.REP_ACQUIRERS] = [
                [s.number, s.config["host"], s.pending, s.verdict()] for s in self._all
            ]
        return told

    def verdict(self) -> int:
        self.poll()
        gravest = 0
        for s in self._all:
            found = s.verdicts[0][0] if s.verdicts else 0
            if found and (not gravest or severity_of(found) > severity_of(gravest)):
                gravest = found
        return gravest

    def about(self, verdict: int | None):
        for s in self._all:
            told = [found[0] for found in s.verdicts]
            trouble = trouble_of(s.path)
            if verdict in told or (trouble and trouble[0] == verdict):
                return s.number
        return None

    # What happens to all

    def live(self):
        return [record for s in self._all for record in s.outbox.live()]

    def poll(self):
        assert len(self.lanes) <= _SOCKETS
        self.pending = self.oldest_s = 0
        for s in self._all:
            s.online = self.online
            s.poll()
            self.pending += s.pending
            self.oldest_s = max(self.oldest_s, s.oldest_s)
            if s.last_ack_s is not None:
                self.last_ack_s = max(self.last_ack_s or 0, s.last_ack_s)
            self.bytes += s.bytes
            s.bytes = 0

    def hear(self):
        for s in self._all:
            s.hear()

    def told(self) -> bool:
        return True in [s.told() for s in self._all]

    def on_socket(self, closed: bool, sock: int) -> None:
        for s in self.lanes:
            s.on_socket(closed, sock)

    def left_alone(self):
        self.cut_short = False
        for s in self._all:
            s.left_alone()

    def mend(self):
        for s in self._all:
            s.mend()

    def last_words(self):
        for s in self._all:
            s.last_words()

    def touch(self):
        for s in self._all:
            s.touch()

    def stepped(self, step_s: int) -> None:
        for s in self._all:
            s.stepped(step_s)

    def connects(self):
        for s in self._all:
            if not s.path.fails:
                s.connects()

    def resting(self, least_s: int) -> bool:
        return False not in [s.resting(least_s) for s in self._all]

    # Whose turn it is

    def due(self) -> int:
        soonest = -1
        for s in self._all:
            ms = -1 if s in self.lanes else s.due()
            if ms >= 0 and not 0 <= soonest <= ms:
                soonest = ms
        return soonest

    def probes(self):
        """The one whose host is looked at next."""
        found = self._all[0]
        for s in self._all:
            due = s.path.due()
            if due >= 0 and (found.path.due() < 0 or due < found.path.due()):
                found = s
        return found

    def suspect(self):
        """The one that a self-test tests: what is in trouble before the first."""
        for s in self._all:
            if trouble_of(s.path) or s.path.fails:
                return s
        return self._all[0]

    def exchange(self, a):
        """Procedure: messages leave until no connection is open and none is wanted."""
        s = self._next()
        if s is not None:
            self._takes(s)
            try:
                yield from s.exchange(a)
            finally:
                self.lanes.remove(s)
        while self.lanes:
            yield Sleep(_LANES_MS)

    def beside(self, a):
        """A duty sends: begin what can go on beside it; seconds until more may, or -1."""
        s = self._next()
        if s is None:
            ms = self.due() if len(self.lanes) < _SOCKETS else -1
            return (ms + 999) // 1000 if ms > 0 else -1
        self._takes(s)

        def finished(result, error):
            self.lanes.remove(s)
            a.turn_s = -1
            if isinstance(error, OSError):
                a.counters[ids.C_FLASH_ERRORS] += 1
            elif error is not None and not isinstance(error, Restarted):
                raise error

        a.engine.start("beside", s.exchange(a), finished)
        return -1

    def _takes(self, s):
        used = [other.sock for other in self.lanes]
        assert s not in self.lanes and len(used) < _SOCKETS and s.wire is None
        s.sock = 1 - events.SOCK if events.SOCK in used else events.SOCK
        assert s.sock not in used
        self.lanes.append(s)
        if s in self._served:
            self._served.remove(s)
        self._served.append(s)
        self._owed_s.pop(s.number, None)

    def _next(self):
        """Who may connect now: what a customer waits for, then who was not served longest."""
        best = None
        for s in self._all:
            if s in self.lanes or s.due() != 0 or not self._may(s):
                continue
            place = (_rank(s), self._served.index(s) if s in self._served else -1)
            if best is None or place < best[0]:
                best = (place, s)
        return best[1] if best else None

    def _may(self, s):
        """Is there a connection for it beside those that are?"""
        if len(self.lanes) >= _SOCKETS:
            return False
        return not (s.config["tls"] and [o for o in self.lanes if o.config["tls"]])

    def gives_way(self, s):
        """Should `s` end its connection for another one, which can have none meanwhile?"""
        assert s in self.lanes and len(self.lanes) <= _SOCKETS
        now_s = self._a.clock.s
        for other in self._all:
            if other in self.lanes or other.due() != 0 or self._may(other):
                self._owed_s.pop(other.number, None)
                continue
            since_s = self._owed_s.setdefault(other.number, now_s)
            if _rank(other) == kinds.RANK_LIVE or now_s - since_s >= _PATIENCE_S:
                return True
        return False


def _rank(s):
    """Of the most urgent message that is due; a customer may wait behind a reversal, too."""
    best = kinds.RANK_SETTLEMENT
    live = s.outbox.live()
    for record in live:
        if record.next_s <= s.clock.s and not s.held(record, live):
            best = min(best, match.rank(record[ids.MSG_MTI]))
    return max(best, kinds.RANK_LIVE)
