"""The agent after too many crashes in a row: reports and takes requests, touches neither modem nor
outbox. Loaded in place of agent.py; left by a keyed restart or by a new version.
"""

from posproto import VERSION, const, frames, ids, link

from . import modules, status
from .host.link import HostLink
from .life.eventlog import EventLog

_COUNTERS = const(32)
_STATUS_KEYS = const(31)


class _NoFlash:
    """In place of a storage that the log cannot be read from."""

    def read_at(self, name, offset, count):
        return b""

    def size(self, name):
        return 0

    def read(self, name):
        return None

    def write(self, name, data):
        raise OSError(5)

    append = write


class SafeAgent:
    """As far as the loop and the requests can tell, an Agent; same arguments."""

    line_max = link.LINE_MAX
    safe_mode = True
    locked = config_refused = virtual = several = False
    engine = challenges = None
    running = None
    telling = wrong_s = 0

    def __init__(
        self, config, refused, storage, clock, rng, boot, modems, random_bytes, board, key=b""
    ):
        self.config = config
        self.config_refused = bool(refused)
        self.storage = storage
        self.clock = clock
        self.boot = boot
        self.random_bytes = random_bytes
        self.board = board
        self.key = key
        self.counters = [0] * _COUNTERS
        self.modem_out = []
        self.pins = []
        self.identity = {}
        self.status_s = 0
        try:
            self.log = EventLog(storage, clock, boot, self.counters, config["log_bytes"], key)
        except Exception:  # it may be what crashed
            self.log = EventLog(_NoFlash(), clock, boot, self.counters)
        self.host = HostLink(self.counters, self._request)
        self.app = HostLink(self.counters, self._refuse)
        self.host.send(ids.FRAME_HELLO, frames.put_hello, status.hello(self))
        self.event(ids.E_BOOT, ids.SEV_INFO, {ids.A_VERSION: VERSION})
        self.event(ids.E_SAFE_MODE, ids.SEV_CRITICAL)
        while storage.unreadable:  # it may be what crashed
            args = {ids.A_KEY: storage.unreadable.pop(0)}
            self.counters[ids.C_FLASH_ERRORS] += 1
            self.event(ids.E_FLASH_UNREADABLE, ids.SEV_ERROR, args)

    def feed_modem(self, buf: bytes, n: int) -> None:
        """What the modem says is not heard."""

    def step(self):
        """Returns ms until the next status."""
        self.host.serve()
        self.app.serve()
        if self.clock.s >= self.status_s:
            self.status_s = self.clock.s + self.config["status_s"]
            self.host.send(ids.FRAME_STATUS, frames.put_status, self.status())
        self.log.poll()
        if self.host.due() or self.app.due():
            return 0
        wait_ms = (self.status_s - self.clock.s) * 1000
        log_ms = self.log.due()
        assert 0 < wait_ms <= self.config["status_s"] * 1000
        return log_ms if 0 <= log_ms < wait_ms else wait_ms

    def last_words(self) -> None:
        """It crashed, too."""
        self.log.flush()

    def relieve(self) -> None:
        """Raises MemoryError: there is nothing to spare here."""
        raise MemoryError

    def idle(self) -> bool:
        """Nothing to write."""
        return not (self.host.pending() or self.app.pending())

    def status(self):
        """The status as a list by ST_* key."""
        st = [None] * _STATUS_KEYS
        st[ids.ST_BOOT] = self.boot
        st[ids.ST_UPTIME_S] = self.clock.s
        st[ids.ST_UNIX_S] = self.clock.unix_s or None
        st[ids.ST_VERDICT] = ids.V_SAFE_MODE
        st[ids.ST_CONFIDENCE] = 100
        st[ids.ST_VERDICT_S] = 0
        st[ids.ST_COUNTERS] = status.dropped(self)
        st[ids.ST_FLAGS] = status.flags(self)
        st[ids.ST_LOG_LAST] = self.log.flashed if self.log.flashed >= 0 else None
        return st

    def event(self, event_id: int, severity: int, args: dict | None = None) -> None:
        """Log it, and tell the host at once."""
        self.host.send(ids.FRAME_EVENT, frames.put_event, self.log.add(event_id, severity, args))

    def application(self, op: int | None, args: dict | None, flags: int = 0):
        """The outbox is not touched."""
        return ids.R_REFUSED, None, "safe mode"

    def _refuse(self, request, frame):
        if request[ids.RQ_OP] == ids.OP_HELLO:
            return ids.R_OK, status.present(status.hello(self)), None
        return self.application(None, None)

    def _request(self, request, frame):
        if request[ids.RQ_OP] == ids.OP_STATUS:
            return ids.R_OK, status.present(self.status()), None
        try:
            return modules.call("host.requests", "host", self, request, frame)
        except AttributeError:  # it asks for what is not there now
            return self.application(None, None)
