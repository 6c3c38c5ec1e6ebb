"""Composes the machines: the one file that knows all. Bytes in, bytes out, next deadline out.

The shell calls feed_*() with what came, step() once per turn, and writes what take_*() gives. Work
on the modem is a list of duties: each says when it is due and what procedure it runs; one runs at
a time.
"""

from posproto import VERSION, const, frames, ids
from posproto.at import time
from posproto.auth import hmac_sha256

from . import healing, verdict
from .bringup import bring_up, read_clock
from .credit import Credit
from .engine import Engine
from .eventlog import EventLog
from .hostlink import HostLink
from .inbox import Inbox
from .ladder import Ladder
from .path import HostPath
from .registration import Network
from .requests import Requests
from .settlement import Settlement
from .steps import Restarted, Sleep
from .trace import Trace

_COUNTERS = const(32)
_LOOK_S = const(30)  # polling is the net under the URCs
_LOOK_TROUBLE_S = const(10)
_STATUS_KEYS = const(24)


class Agent:
    """Made once at start; everything that it may use is handed in.

    config: dict of config.load(); refused: its list of (name, reason); storage: io.flash; modems:
    the package of families; random_bytes(n): for challenges; board: text for the hello.
    """

    def __init__(
        self, config, refused, storage, clock, rng, boot, modems, random_bytes, board, key=b""
    ):
        self.config = config
        self.storage = storage
        self.clock = clock
        self.rng = rng
        self.modems = modems
        self.board = board
        self.boot = boot
        self.counters = [0] * _COUNTERS
        self.modem_out = []
        self.pins = []  # (what, ms) for the shell
        self.config_refused = bool(refused)
        self.safe_mode = False
        self.rebooting = False
        self.pin_refused = False
        self.virtual = False
        self.identity = {}
        self.ready = False  # the modem is set up
        self.situation = healing.UNREGISTERED
        self.cause = 0
        self.context_up = False
        self.context_failures = 0
        self.layer = ids.LAYER_NONE
        self.layer_s = 0
        self.tried = 0
        self.demand = False
        self._ordered = ids.RUNG_NONE
        self.finding = verdict.Finding(ids.V_STARTING)
        self.second = None
        self.verdict_s = 0
        self._running = None
        self._look_s = 0
        self._status_s = 0
        self._changed = True
        self._saved_s = 0
        # A fleet that comes back from one power cut must not call in one second (TS.34
        # 4.0_REQ_003).
        self._boot_wait_s = rng.below(61)

        self.log = EventLog(storage, clock, boot, self.counters, config["log_bytes"])
        self.ladder = Ladder(storage, clock, rng)
        self.network = Network(clock, self.event, config["roaming"])
        self.path = HostPath(config, clock, rng)
        self.engine = Engine(self.modem_out.append, clock, modems.load("generic"), self.counters)
        self.trace = Trace(clock)
        self.engine.trace = self.trace
        self.engine.on_urc = self._on_urc
        self.engine.on_restart = self._on_restart
        self.settlement = Settlement(
            storage,
            config,
            clock,
            rng,
            self.event,
            self._sealing_key(key),
            self.path,
            self.counters,
        )
        self.credit = Credit(storage, config, clock, rng, self.event)
        self.inbox = Inbox(clock, self._on_sms, self.counters)
        self.requests = Requests(self, key, random_bytes)
        self.host = HostLink(self.counters, self.requests.host)
        self.app = HostLink(self.counters, self.requests.app)
        self._duties = (
            ("bring-up", self._due_bring_up, self._bring_up, self._brought_up),
            ("revive", self._due_revive, self._revive, None),
            ("read-sms", self._due_sms, self.inbox.read, None),
            ("look", self._due_look, self._look, None),
            ("send", self._due_send, self._send, None),
            ("heal", self._due_heal, self._heal, None),
            ("probe", self._due_probe, self._probe, None),
            ("ask", self._due_ask, self._ask, None),
        )
        self._begin(refused)

    @staticmethod
    def _sealing_key(key):
        """Messages at rest are sealed with a key of their own, derived from the device's."""
        return hmac_sha256(key, b"POSMA outbox 1") if key else b""

    def _begin(self, refused):
        self.event(ids.E_BOOT, ids.SEV_INFO, {ids.A_VERSION: VERSION})
        for name, reason in refused:
            self.counters[ids.C_CONFIG_REFUSED] += 1
            args = {ids.A_KEY: name, ids.A_TEXT: reason}
            self.event(ids.E_CONFIG_REFUSED, ids.SEV_WARNING, args)
        if self.log.damaged:
            self.counters[ids.C_LOG_DAMAGED] += self.log.damaged
            self.event(ids.E_LOG_DAMAGED, ids.SEV_WARNING, {ids.A_COUNT: self.log.damaged})
        self.host.send(ids.FRAME_HELLO, frames.put_hello, self.requests.hello())
        self.app.send(ids.FRAME_HELLO, frames.put_hello, self.requests.hello())

    # The shell's side

    def feed_modem(self, buf, n):
        """The first `n` bytes of `buf` came from the modem."""
        self.engine.feed(buf, n)

    def step(self):
        """Do what is due; returns ms until the next deadline (at most one status period)."""
        wait_ms = self.engine.poll()
        self._assess()
        soonest_s = self._plan()
        if self._running is not None and wait_ms < 0:
            wait_ms = self.engine.poll()
        elif self._running is not None:
            wait_ms = min(wait_ms, max(self.engine.poll(), 0))
        self._report()
        log_ms = self.log.due()
        self.log.poll()
        if self.clock.s - self._saved_s >= 3600:
            self._saved_s = self.clock.s
            self._guard(self.ladder.save)
        limit_ms = max(self._status_s - self.clock.s, 0) * 1000
        for ms in (wait_ms, log_ms, soonest_s * 1000 if soonest_s >= 0 else -1):
            if 0 <= ms < limit_ms:
                limit_ms = ms
        return limit_ms

    def idle(self):
        """Nothing in flight: no command, no task on the modem, nothing to write."""
        return not (
            self.engine.busy or self.modem_out or self.host.pending() or self.app.pending()
        )

    # Events

    def event(self, event_id, severity, args=None):
        """Log it, and tell the host at once."""
        record = self.log.add(event_id, severity, args)
        self._changed = True
        self.host.send(ids.FRAME_EVENT, frames.put_event, record)
        if event_id >= ids.E_SUBMITTED:
            self.app.send(ids.FRAME_EVENT, frames.put_event, record)

    def _guard(self, act):
        try:
            act()
        except OSError:
            self.counters[ids.C_FLASH_ERRORS] += 1

    # What the modem says by itself

    def _on_urc(self, line):
        family = self.engine.family
        if self._safe(self.network.on_line, line, False) or line.startswith(b"+CREG"):
            self._changed = True
            return
        if line.startswith(b"+CPIN:"):
            if self.network.on_sim_text(line):
                self._look_s = self.clock.s
            return
        if self.inbox.on_line(line):
            return
        if line.startswith((b"+CTZE:", b"*PSUTTZ:")):
            self.on_clock_line(line)
            return
        neutral = family.urc(line)
        if neutral is not None:
            self._on_neutral(neutral[0], neutral[1])

    def _safe(self, parse, *args):
        try:
            return parse(*args)
        except ValueError:
            self.counters[ids.C_MODEM_GARBAGE] += 1
            return True

    def _on_neutral(self, event, arg):
        modems = self.modems
        if event == modems.CONTEXT_LOST:
            self._context_lost()
        elif event == modems.SOCK_DATA or event == modems.SOCK_CLOSED:
            self.settlement.on_socket(event == modems.SOCK_CLOSED, arg)
        elif event == modems.SIM_CHANGED:
            self._look_s = self.clock.s
        elif event == modems.DETACHED:
            self.network.detached = True
            self._look_s = self.clock.s

    def _context_lost(self):
        if self.context_up:
            self.context_up = False
            self.event(ids.E_CONTEXT_LOST, ids.SEV_WARNING)

    def _on_restart(self):
        self.event(ids.E_MODEM_RESTARTED, ids.SEV_WARNING)
        self.rebooting = True
        self.ready = False
        self.context_up = False
        self._running = None
        self.network.reset()
        self.inbox.reset()

    def _on_sms(self, sender, text):
        if not self.credit.on_text(sender, text):
            self.counters[ids.C_SMS_IGNORED] += 1

    def on_clock_line(self, line):
        """A line with the network's time."""
        unix_s = self._safe(time.stamp, line)
        if unix_s and unix_s is not True and unix_s[0]:
            self.set_clock(unix_s[0], 1)

    def set_clock(self, unix_s, reason):
        """Set the calendar clock; small steps are no event. `reason`: 1 network, 2 host."""
        first = not self.clock.unix_s
        step_s = unix_s - self.clock.unix_s
        if not first and -5 < step_s < 5:
            return
        self.clock.set_unix(unix_s)
        args = {ids.A_REASON: reason}
        if not first:
            args[ids.A_WAIT_S] = step_s
        self.event(ids.E_CLOCK_SET, ids.SEV_INFO, args)

    def sim_seen(self, iccid):
        """The card's number is known: another card than last time starts with a clean slate."""
        self.identity["iccid"] = iccid
        known = self.storage.read("iccid")
        if known == iccid.encode():
            return
        self._guard(lambda: self.storage.write("iccid", iccid.encode()))
        if known is not None:
            self.pin_refused = False
            self.demand = True
            self.ladder.reset_position()
            self.event(ids.E_SIM_SWAPPED, ids.SEV_WARNING)

    def order(self, rung):
        """A technician orders a rung: (R_*, seconds to wait, None); the budget decides when."""
        if not ids.RUNG_CONTEXT <= rung <= ids.RUNG_POWER_KEY:
            return ids.R_BAD_REQUEST, None, "rung"
        self.demand = True
        klass = self.ladder.class_of(rung, self.situation == healing.REFUSED, True)
        wait = self.ladder.wait_s(klass)
        if wait:
            self.event(ids.E_RUNG_HELD, ids.SEV_INFO, {ids.A_RUNG: rung, ids.A_WAIT_S: wait})
            return ids.R_BUSY, wait, None
        self._ordered = rung
        return ids.R_OK, 0, None

    # Where the path breaks

    def _assess(self):
        net = self.network
        self.settlement.online = self.context_up
        self.settlement.poll()
        if self.engine.dead:
            self.situation = healing.DEAD
        elif net.sim in (ids.SIM_ABSENT, ids.SIM_FAILED):
            self.situation = healing.SIM_LOST
        elif net.sim in (ids.SIM_PIN, ids.SIM_PUK, ids.SIM_BOUND, ids.SIM_BLOCKED):
            self.situation = healing.SIM_LOCKED
        elif not self.ready or not net.looked:
            return self._judge()  # nothing known yet: the situation stays
        elif net.fun in (0, 4):
            self.situation = healing.RADIO_OFF
        elif net.denied():
            self.situation = healing.DENIED
        elif not net.registered():
            self.situation = healing.UNREGISTERED
        elif not self.context_up:
            refused = self.credit.is_subscription(self.cause)
            self.situation = healing.REFUSED if refused else healing.NO_CONTEXT
        elif self.path.down():
            self.situation = healing.HOST_DOWN
        else:
            self.situation = healing.WELL
        if self.situation in (healing.DENIED, healing.UNREGISTERED, healing.SIM_LOST):
            self._context_lost()
            if net.cause:
                self.cause = net.cause
        if self.situation == healing.WELL:
            self.ladder.good()
            self.cause = 0
            self.context_failures = 0
            if self.ladder.trouble_s is None:
                self.tried = 0
        else:
            self.ladder.trouble()
        return self._judge()

    def _proven_layer(self):
        net = self.network
        if self.engine.dead or not self.ready:
            return ids.LAYER_NONE
        if net.sim != ids.SIM_READY:
            return ids.LAYER_MODEM
        if not net.registered():
            return ids.LAYER_SIM
        if not self.context_up:
            return ids.LAYER_REGISTERED
        return self.path.layer()

    def _judge(self):
        layer = self._proven_layer()
        if layer != self.layer:
            args = {ids.A_LAYER: layer, ids.A_PREVIOUS: self.layer}
            self.layer, self.layer_s = layer, self.clock.s
            self.event(ids.E_LAYER, ids.SEV_INFO, args)
            if layer == ids.LAYER_ANSWER:
                self.event(ids.E_PATH_PROVEN, ids.SEV_INFO)
        found, second = verdict.judge(self)
        old = self.finding
        if found.verdict != old.verdict or self.second != second:
            self._changed = True
        if found.verdict != old.verdict:
            self.verdict_s = self.clock.s
            args = {
                ids.A_VERDICT: found.verdict,
                ids.A_PREVIOUS: old.verdict,
                ids.A_CONFIDENCE: found.confidence,
            }
            if found.cause:
                args[ids.A_CAUSE] = found.cause
            self.event(ids.E_VERDICT, verdict.severity(found.verdict), args)
        self.finding = found
        self.second = second

    # Duties: due -> seconds until it wants to run, 0 now, -1 not at all

    def _plan(self):
        """Start the first duty that is due; returns seconds until the next one, or -1."""
        soonest = -1
        if self._running is not None:
            return soonest
        for name, due, make, done in self._duties:
            wait = due()
            if wait == 0:
                self._running = name
                self.engine.start(name, make(), self._finisher(name, done))
                return -1
            if wait > 0 and (soonest < 0 or wait < soonest):
                soonest = wait
        return soonest

    def _finisher(self, name, done):
        def finished(result, error):
            if self._running == name:
                self._running = None
            self._changed = True
            if error is not None and not isinstance(error, Restarted):
                if not isinstance(error, OSError):
                    raise error
                self.counters[ids.C_FLASH_ERRORS] += 1
            if done is not None:
                done(result, error)

        return finished

    def _due_bring_up(self):
        return 0 if not self.ready and not self.engine.dead else -1

    def _bring_up(self):
        return bring_up(self)

    def _brought_up(self, result, error):
        if error is None and result:
            self.ready = True
            self.rebooting = False
            self._look_s = self.clock.s
            text = "%s %s" % (self.engine.family.NAME, self.identity.get("firmware", ""))
            self.event(ids.E_MODEM_READY, ids.SEV_INFO, {ids.A_TEXT: text.strip()})

    def _due_revive(self):
        return self._rung()[1] if self.engine.dead else -1

    def _revive(self):
        rung, _, klass = self._rung()
        self._act(rung, klass)
        self.pins.append(("reset" if self.tried & 1 << rung else "power_key", 0))
        self.tried |= 1 << rung
        return _pause(20000)

    def _due_sms(self):
        return 0 if self.ready and self.inbox.pending() else -1

    def _due_look(self):
        if not self.ready:
            return -1
        return max(self._look_s - self.clock.s, 0)

    def _look(self):
        yield from self.network.look_sim()
        yield from self.network.look()
        if not self.clock.unix_s:
            yield from read_clock(self)
        if self.network.registered():
            address = yield from self.engine.family.context_state()
            if address is None:
                self._context_lost()
            elif not self.context_up:
                self._context_is_up()
        well = self.situation == healing.WELL
        self._look_s = self.clock.s + (_LOOK_S if well else _LOOK_TROUBLE_S)

    def _context_is_up(self):
        self.context_up = True
        self.context_failures = 0
        self.path.fresh()
        self.event(ids.E_CONTEXT_UP, ids.SEV_INFO)

    def _due_send(self):
        if not (self.ready and self.context_up) or self.safe_mode:
            return -1
        ms = self.settlement.due()
        return -1 if ms < 0 else (ms + 999) // 1000

    def _send(self):
        return self.settlement.exchange(self.engine.family)

    def _rung(self):
        demand = self.demand or self.settlement.pending > 0
        if self._ordered:
            refused = self.situation == healing.REFUSED
            return self._ordered, 0, self.ladder.class_of(self._ordered, refused, True)
        return healing.choose(self.situation, self.ladder, self.tried, demand)

    def _due_heal(self):
        if not self.ready or self.safe_mode or not self.config["heal"]:
            return -1
        rung, wait, _ = self._rung()
        if rung == ids.RUNG_NONE:
            return -1
        if self.settlement.pending == 0 and not self.demand:
            wait = max(wait, self._boot_wait_s - self.clock.s)
        return max(wait, 0)

    def _act(self, rung, klass):
        self._guard(lambda: self.ladder.act(klass))
        args = {ids.A_RUNG: rung}
        if self.cause:
            args[ids.A_CAUSE] = self.cause
        self.event(ids.E_RUNG, ids.SEV_INFO, args)

    def _heal(self):
        rung, _, klass = self._rung()
        if rung == ids.RUNG_CONTEXT:
            yield from self.network.look()
            if not self.network.registered():
                return
            self._act(rung, klass)
            yield from self._activate()
        else:
            self._act(rung, klass)
            family = self.engine.family
            if rung == ids.RUNG_REREGISTER:
                yield from healing.reregister(self.network)
            elif rung == ids.RUNG_ATTACH:
                yield from healing.attach(self.network)
            elif rung == ids.RUNG_CFUN4:
                yield from healing.cycle(self.network, 4, self._broken)
            elif rung == ids.RUNG_CFUN0:
                yield from healing.cycle(self.network, 0, self._broken)
            elif rung == ids.RUNG_MODULE_RESET and self._broken():
                yield from family.module_reset()
        self.tried |= 1 << rung
        self.demand = False
        self._ordered = ids.RUNG_NONE
        self._look_s = self.clock.s

    def _broken(self):
        """A fresh look right before the radio is touched: is the link still down?"""
        return not (self.network.registered() and self.context_up)

    def _activate(self):
        family = self.engine.family
        if self.context_up or self.context_failures:
            yield from family.context_down()
        up, cause = yield from family.context_up(self.config)
        if up:
            self._context_is_up()
            return
        self.context_failures += 1
        self.cause = cause
        self.event(ids.E_CONTEXT_REFUSED, ids.SEV_ERROR, {ids.A_CAUSE: cause})
        self.credit.suspect(cause)

    def _due_probe(self):
        if not (self.ready and self.context_up) or self.safe_mode:
            return -1
        return self.path.due()

    def _probe(self):
        return self.path.probe(self.engine.family, self.event)

    def _due_ask(self):
        if not self.ready or self.safe_mode or not self.network.sms_possible():
            return -1
        if self.clock.s < self._boot_wait_s:
            return self._boot_wait_s - self.clock.s
        return self.credit.due(self.settlement.pending > 0)

    def _ask(self):
        return self.credit.ask()

    # Reports

    def _report(self):
        if self._changed or self.clock.s >= self._status_s:
            self._changed = False
            self._status_s = self.clock.s + self.config["status_s"]
            self.host.send(ids.FRAME_STATUS, frames.put_status, self.status())

    def status(self):
        """The status as a list by ST_* key; None = absent."""
        clock, net, found, credit = self.clock, self.network, self.finding, self.credit
        st = [None] * _STATUS_KEYS
        st[ids.ST_BOOT] = self.boot
        st[ids.ST_UPTIME_S] = clock.s
        st[ids.ST_UNIX_S] = clock.unix_s or None
        st[ids.ST_VERDICT] = found.verdict
        st[ids.ST_CONFIDENCE] = found.confidence
        st[ids.ST_VERDICT_S] = self.verdict_s
        st[ids.ST_REGISTRATION] = net.stat
        st[ids.ST_ACT] = net.act
        st[ids.ST_SIGNAL_DBM] = net.signal_dbm
        st[ids.ST_SIM] = net.sim
        st[ids.ST_LAYER] = self.layer
        st[ids.ST_LAYER_S] = self.layer_s
        if credit.balance_minor is not None:
            st[ids.ST_BALANCE_MINOR] = credit.balance_minor
            st[ids.ST_CURRENCY] = credit.currency
            st[ids.ST_BALANCE_S] = credit.balance_s
        st[ids.ST_OUTBOX] = self.settlement.pending
        st[ids.ST_OUTBOX_OLDEST_S] = self.settlement.oldest_s
        st[ids.ST_ACK_S] = self.settlement.last_ack_s
        st[ids.ST_COUNTERS] = self.dropped()
        rung, wait, _ = self._rung()
        if rung != ids.RUNG_NONE and self.ready:
            st[ids.ST_RUNG] = rung
            st[ids.ST_RUNG_S] = clock.s + wait
        st[ids.ST_FLAGS] = self._flags()
        st[ids.ST_CAUSE] = found.cause or None
        st[ids.ST_VERDICT_2] = self.second
        return st

    def _flags(self):
        flags = ids.FLAG_CONFIG_REFUSED if self.config_refused else 0
        if self.safe_mode:
            flags |= ids.FLAG_SAFE_MODE
        if self.clock.unix_s:
            flags |= ids.FLAG_CLOCK_SET
        if self.virtual:
            flags |= ids.FLAG_VIRTUAL_TIME
        if self.log.damaged:
            flags |= ids.FLAG_LOG_DAMAGED
        if self.requests.key:
            flags |= ids.FLAG_KEYED
        return flags

    def dropped(self):
        """Sum of everything that was dropped or refused since boot."""
        self.collect()
        return sum(self.counters) - self.counters[ids.C_HOST_REPLAYED]

    def collect(self):
        """Bring the readers' own counts into the counters."""
        counters, reader = self.counters, self.host.reader
        counters[ids.C_HOST_BAD_CRC] = reader.bad_crc
        counters[ids.C_HOST_BAD_BASE64] = reader.bad_base64
        counters[ids.C_HOST_OVERLONG] = reader.overlong
        counters[ids.C_HOST_CUT] = reader.cut
        reader = self.app.reader
        counters[ids.C_APP_DROPPED] = (
            reader.bad_crc + reader.bad_base64 + reader.overlong + reader.cut
        )


def _pause(ms):
    yield Sleep(ms)
