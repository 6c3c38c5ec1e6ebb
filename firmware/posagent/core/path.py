"""From "registered" to "online": the way to the acquirer, proven layer by layer.

A name that resolves, a connection that opens, a message that is answered: each is its own evidence
and its own verdict. While all is well one probe in fifteen minutes at most (four accesses an
hour).
"""

from posproto import const, ids

_PROBE_S = const(900)
_PROBE_BYTES = const(320)  # headers of opening and closing a connection, about
_RETRY_S = (5, 10, 20, 40, 60, 120)  # upper layers first, and gently
_DOWN_FAILS = const(2)
_SOCK = const(1)
_DNS_ERRORS = (ids.TCP_DNS_BUSY, ids.TCP_DNS)


class HostPath:
    """One per agent. Asked by the agent's duties, told by whoever used the connection."""

    def __init__(self, config, clock, rng):
        self._config = config
        self._clock = clock
        self._rng = rng
        self.index = 0  # which of the hosts is used
        self.fails = 0
        self.bytes = 0  # of probes on the air since they were last counted
        self.error = 0  # socket error of the last failure
        self._layer = ids.LAYER_CONTEXT
        self._kind = 0  # verdict of the last failure
        self._next_s = 0

    def hosts(self):
        """[(host, port)] as configured, the main one first."""
        config = self._config
        found = []
        for host, port in ((config["host"], config["port"]), (config["host2"], config["port2"])):
            if host and port:
                found.append((host, port))
        return found

    def fresh(self):
        """A new context: nothing above it is proven, and a probe may go out at once."""
        self.fails = 0
        self._layer = ids.LAYER_CONTEXT
        self._kind = 0
        self._next_s = self._clock.s

    def layer(self):
        """The highest proven layer, LAYER_CONTEXT at least."""
        return self._layer

    def down(self):
        """The context is up and the acquirer does not answer, more than once in a row."""
        return self.fails >= _DOWN_FAILS

    def verdict(self):
        """V_* of the last failure."""
        return self._kind or ids.V_HOST_UNREACHABLE

    def due(self):
        """Seconds until a probe may go out; -1 without a host to probe."""
        if not self.hosts():
            return -1
        return max(self._next_s - self._clock.s, 0)

    def opened(self, error):
        """A connection was tried: error 0, or the module's socket error."""
        self.error = error
        if error == 0:
            self.fails = 0
            self._kind = 0
            self._layer = max(self._layer, ids.LAYER_TCP)
            self._schedule(_PROBE_S)
            return
        self._kind = ids.V_HOST_UNREACHABLE
        self._layer = ids.LAYER_DNS
        if error in _DNS_ERRORS:
            self._kind = ids.V_DNS
            self._layer = ids.LAYER_CONTEXT
        elif error == ids.TCP_TLS:
            self._kind = ids.V_TLS
            self._layer = ids.LAYER_TCP
        self._failed()

    def answered(self):
        """A message was answered: the whole path is proven."""
        self.fails = 0
        self._kind = 0
        self._layer = ids.LAYER_ANSWER
        self._schedule(_PROBE_S)

    def silent(self):
        """Connected, sent, and no answer came in time."""
        self._kind = ids.V_HOST_SILENT
        self._layer = ids.LAYER_TCP
        self._failed()

    def _failed(self):
        self.fails += 1
        hosts = len(self.hosts())
        if hosts > 1:
            self.index = (self.index + 1) % hosts
        self._schedule(_RETRY_S[min(self.fails - 1, len(_RETRY_S) - 1)])

    def _schedule(self, wait_s):
        self._next_s = self._clock.s + wait_s + self._rng.below(wait_s // 10 + 1)

    def probe(self, family, on_event):
        """Open and close a connection to the host in use: moves no money, says where it fails."""
        hosts = self.hosts()
        host, port = hosts[self.index % len(hosts)]
        timeout_ms = self._config["connect_timeout_s"] * 1000
        error = yield from family.tcp_open(_SOCK, host.encode(), port, timeout_ms)
        self.bytes += _PROBE_BYTES
        if error == 0:
            yield from family.tcp_close(_SOCK)
        elif self.fails == 0:
            on_event(
                ids.E_HOST_REFUSED,
                ids.SEV_WARNING,
                {ids.A_CAUSE: ids.CAUSE_SOCKET << 8 | 255 & error},
            )
        self.opened(error)
