"""From "registered" to "online": the way to the acquirer, proven layer by layer.

A name that resolves, a connection that opens, a message that is answered: each is its own evidence
and its own verdict. While all is well one probe in fifteen minutes at most (four accesses an
hour).
"""

from posproto import const, ids
from posproto.at import causes

from .. import modules

PROBE_S = const(900)
_PROBE_BYTES = const(320)  # headers of opening and closing a connection, about
_HANDSHAKE_BYTES = const(6000)  # with a chain of two certificates, about
RETRY_S = (5, 10, 20, 40, 60, 120, 120, 120, 120, 300)  # upper layers first, and gently
# Between handshakes that are refused: nothing that a plain connection shows will change that, and
# each costs some kilobytes.
TLS_RETRY_S = (60, 120, 300, 600, 1800)
PROOF_S = const(86400)  # a handshake that worked proves the certificate so long
_DOWN_FAILS = const(2)
_OUTAGE_S = const(1800)  # longer than a healthy line goes without a probe
_LOOK_FAILS = const(8)  # a closer look when it is down, and again after so many failures
_MUTE_S = const(3600)
_SOCK = const(1)
_DNS_ERRORS = (ids.TCP_DNS_BUSY, ids.TCP_DNS)
_ANSWERED = (ids.V_CAPTIVE, ids.V_TLS)
_HOST_ERRORS = (ids.TCP_CONNECT, ids.TCP_CLOSED, ids.TCP_TIMEOUT)


class HostPath:
    """One per agent. Asked by the agent's duties, told by whoever used the connection."""

    def __init__(self, config, clock, rng) -> None:
        self._config = config
        self._clock = clock
        self._rng = rng
        self.index = 0  # which of the hosts is used
        self.fails = 0
        self.unproven = False  # back after an outage, and no message was answered since
        self._worked_s = clock.s
        self.bytes = 0  # of probes on the air since they were last counted
        self.error = 0  # socket error of the last failure
        self._mute = 0  # messages in a row that a connection took and nobody answered
        self._mute_s = 0
        self._refused = 0  # handshakes in a row
        self._proof_s = None  # uptime of the last one that worked
        self.undated = False  # it looked past the certificate's dates: the module has no clock
        self.tls_fails = 0  # told by posagent.modems.tls: in a row, and whether the dates were why
        self.tls_dates = False
        self.tls_weak = False  # the host takes none of the suites that are offered by default
        self.tls_suite = 0  # which of them it took
        self.unnamed = False  # the module alone chose what it offers
        self._look_fails = _DOWN_FAILS
        self._layer = ids.LAYER_CONTEXT
        self._kind = None  # verdict of the last failure
        self._next_s = 0

    def hosts(self):
        """[(host, port)] as configured, the main one first."""
        config = self._config
        found = []
        for host, port in ((config["host"], config["port"]), (config["host2"], config["port2"])):
            if host and port:
                found.append((host, port))
        return found

    def tls_rules(self):
        """What the settings say: (may dates go unchecked, one suite's number, b"any" or b"")."""
        return self._config["tls_undated"], self._config["tls_suite"].encode()

    def fresh(self) -> None:
        """A new context: nothing above it is proven, and a probe may go out at once. What failed
        before it stands until something works.
        """
        self._layer = ids.LAYER_CONTEXT
        self._next_s = self._clock.s
        self.unproven = self.unproven or self._clock.s - self._worked_s > _OUTAGE_S

    def layer(self):
        """The highest proven layer, LAYER_CONTEXT at least."""
        return self._layer

    def down(self) -> bool:
        """The context is up and the acquirer does not answer, more than once in a row."""
        return self.fails >= _DOWN_FAILS

    def mute(self, messages: int = _DOWN_FAILS) -> bool:
        """Connections open, and message after message stays without an answer."""
        return self._mute >= messages and self._clock.s - self._mute_s < _MUTE_S

    def trouble(self):
        """(V_*, percent) that holds while the line is well, else None."""
        return (ids.V_HOST_SILENT, 80) if self.mute() else None

    def verdict(self):
        """V_* of the last failure, None before one; V_UNKNOWN where it was neither of those."""
        return self._kind

    def sure(self):
        """Percent: a server that says no is there; one that says nothing may be out of reach."""
        if self._kind == ids.V_UNKNOWN:
            return 0
        return 60 if self.error == ids.TCP_TIMEOUT or self._kind == ids.V_NO_DATA else 80

    def doubt(self):
        """How much speaks against the session itself: 0 nothing, somebody answers; 1 no connection
        opens; 2 nothing passes.
        """
        if self._kind == ids.V_NO_DATA or self.error == ids.TCP_CONTEXT:
            return 2
        return 0 if self._kind in _ANSWERED or self.error == ids.TCP_CONNECT else 1

    def proof_due(self) -> bool:
        """The next probe has to be a handshake: a server that lets a plain connection in says
        nothing of its certificate.
        """
        if not self._config["tls"]:
            return False
        known_s = self._proof_s
        assert known_s is None or known_s <= self._clock.s
        return known_s is None or self._refused > 0 or self._clock.s - known_s >= PROOF_S

    def refuses(self) -> bool:
        """The handshake fails, again and again: one more message changes nothing."""
        return self._refused > 3

    def defer(self) -> None:
        """Something else goes over the air: a healthy line is not probed so soon."""
        if not self.fails:
            self._schedule(PROBE_S)

    def quiet(self) -> bool:
        """Proven, nothing in doubt and nothing owed: the next probe can wait."""
        doubted = self.fails or self._mute or self.unproven
        return not doubted and self._layer >= ids.LAYER_TCP

    def rest(self, wait_s: int) -> None:
        """No probe for so long, and then not all of a fleet at once; what happens to the path
        meanwhile sets the time anew.
        """
        assert wait_s >= 0 and not self.fails  # trouble is looked at sooner
        self._next_s = self._clock.s + wait_s + self._rng.below(PROBE_S)

    def due(self):
        """Seconds until a probe may go out; -1 without a host to probe."""
        config = self._config
        if not ((config["host"] and config["port"]) or (config["host2"] and config["port2"])):
            return -1
        return max(self._next_s - self._clock.s, 0)

    def opened(self, error, plain: bool = False) -> None:
        """A connection was tried: error 0, or the module's socket error. `plain`: without the
        handshake that a message needs.
        """
        assert error >= 0
        self.error = error
        if error == 0:
            if self._kind == ids.V_CAPTIVE or (plain and self._refused):
                return  # whoever took the connection was not, or not for sure, the acquirer
            if self._config["tls"] and not plain:
                self._refused = 0
                self._proof_s = self._clock.s
            self.fails = 0
            self._look_fails = _DOWN_FAILS
            self._kind = None
            self._worked_s = self._clock.s
            self._layer = max(self._layer, ids.LAYER_TCP)
            self._schedule(PROBE_S)
            return
        kind = ids.V_UNKNOWN
        self._layer = ids.LAYER_CONTEXT
        if error in _DNS_ERRORS:
            # Nobody may have been asked: the closer look tells a wrong name from a dead path.
            kind = ids.V_DNS if self._kind == ids.V_DNS else ids.V_HOST_UNREACHABLE
        elif error >= ids.TCP_TLS:
            kind = ids.V_TLS
            self._layer = ids.LAYER_TCP
        elif error in _HOST_ERRORS:
            kind = ids.V_HOST_UNREACHABLE
            self._layer = ids.LAYER_DNS
        if error in (ids.TCP_TIMEOUT, ids.TCP_DNS) and self._kind == ids.V_NO_DATA:
            self._layer = ids.LAYER_CONTEXT  # as seen at the last closer look
        elif self._kind != ids.V_CAPTIVE:
            self._kind = kind
        self._failed()
        if error >= ids.TCP_TLS:  # a plain connection passed: no doubt that it is that
            self._refused += 1
            self.fails = max(self.fails, _DOWN_FAILS)
            self._schedule(TLS_RETRY_S[min(self._refused, len(TLS_RETRY_S)) - 1])

    def answered(self) -> None:
        """A message was answered: the whole path is proven."""
        self.fails = self._mute = 0
        self.unproven = False
        self._worked_s = self._clock.s
        self._kind = None
        self._layer = ids.LAYER_ANSWER
        self._schedule(PROBE_S)

    def silent(self) -> None:
        """A connection took a message, and no answer came."""
        assert self._mute >= 0 and self._worked_s <= self._clock.s
        self._mute += 1
        self._mute_s = self._clock.s
        self._layer = min(self._layer, ids.LAYER_TCP)
        self.turn()
        self._schedule(RETRY_S[0])

    def turn(self) -> None:
        """Use the other host, where there is one."""
        hosts = len(self.hosts())
        if hosts > 1:
            self.index = (self.index + 1) % hosts
        assert 0 <= self.index <= 1

    def _failed(self):
        self.fails += 1
        self.turn()
        self._schedule(RETRY_S[min(self.fails, len(RETRY_S)) - 1])

    def _schedule(self, wait_s):
        assert ids.LAYER_CONTEXT <= self._layer <= ids.LAYER_ANSWER and wait_s >= 0
        assert (self.fails == 0) == (self._kind is None)  # what fails has a name
        self._next_s = self._clock.s + wait_s + self._rng.below(wait_s // 10 + 1)

    def probe(self, family, on_event, tls=None):
        """Open and close a connection to the host in use: moves no money, says where it fails.
        `tls`: the family's procedures over TLS, where this is a proof.
        """
        hosts = self.hosts()
        host, port = hosts[self.index % len(hosts)]
        suspect = self.mute(1) or self._kind == ids.V_CAPTIVE
        if suspect and (yield from self._look(family, host)):
            self._failed()
            return
        timeout_ms = self._config["connect_timeout_s"] * 1000
        using = tls or family
        error = yield from using.tcp_open(_SOCK, host.encode(), port, timeout_ms)
        self.bytes += _PROBE_BYTES if tls is None else _HANDSHAKE_BYTES
        if error == 0:
            yield from using.tcp_close(_SOCK)
        elif error == ids.TCP_NOT_SUPPORTED:
            self._schedule(PROBE_S)
            return
        elif self.fails == 0:
            on_event(
                ids.E_HOST_REFUSED,
                ids.SEV_WARNING,
                {ids.A_CAUSE: causes.packed(ids.CAUSE_SOCKET, error)},
            )
        self.opened(error, tls is None and self._config["tls"])
        if error and self.fails >= self._look_fails:
            yield from self._look(family, host)
            self._look_fails = self.fails + _LOOK_FAILS

    def _look(self, family, host):
        """Procedure: look closer at a path that does not work; True where that says what it is."""
        kind = yield from modules.use(
            "network.path_check", "look", self._clock, family, host.encode()
        )
        if kind is None:
            if self._kind in (ids.V_CAPTIVE, ids.V_NO_DATA):
                self._kind = ids.V_HOST_UNREACHABLE
            return False
        assert kind in (ids.V_NO_DATA, ids.V_DNS, ids.V_CAPTIVE)
        self._kind = kind
        self._layer = ids.LAYER_CONTEXT
        self.fails = max(self.fails, _DOWN_FAILS)
        return True
