"""Composes the machines: the one file that knows all. Bytes in, bytes out, next deadline out.

The shell calls feed_modem() and the links' feed() with what came, step() once per turn, and writes
what the links' take() and `modem_out` give. Work on the modem is a list of duties: schedule.py.
"""

from posproto import VERSION, const, frames, ids, link
from posproto.auth import hmac_sha256

from . import modules, schedule, situation, status
from .credit.account import Credit
from .credit.inbox import Inbox
from .healing.assessment import Assessment
from .healing.ladder import Ladder
from .host.link import HostLink
from .life.eventlog import EventLog
from .modem.command import matches
from .modem.engine import Engine
from .modem.trace import Trace
from .modem.uart_pause import Between, announce, leaves, more
from .network.path import HostPath
from .network.registration import Network
from .settlement.settlement import Settlement

_COUNTERS = const(32)
_NEWS_MAX = const(24)
_TIMES = (b"+CTZE:", b"*PSUTTZ:")
_OWED_MS = const(1000)


class Agent(Assessment):
    """Made once at start; everything that it may use is handed in.

    config: dict of config.load(); refused: its list of (name, reason); storage: io.flash; modems:
    the package of families; random_bytes(n): for challenges; board: text for the hello.
    """

    line_max = link.LINE_MAX  # of the board's console
    uart_stalls = rts_cts = False  # while flash is written; wired to the modem
    locked = safe_mode = False
    slot = 0  # of two cards, where there are two: see healing/cards.py
    left = 0  # LEFT_* of the other one
    two_cards = False  # there are, and the modem can change over
    arrived_s = None  # uptime at which this one came
    several = False  # acquirers, or messages kept for one that the settings name no more
    sim_news = False  # the card was read: tell the credit behind the duty
    swapped_s = None  # uptime at which another card was found
    stages = None  # (procedure, what its end calls) of what is read: see schedule.start_due()
    reporter = None  # where the terminal itself tells its fleet
    spread_s = 0  # after a long outage: when it may begin, see healing/turn.py
    served_s = 0  # uptime at which there was a context last
    telling = told = told_s = 0  # turns left that only write, the events, uptime of the last one
    unread = None  # asks the shell: did the modem say more meanwhile?
    cut = 0  # turns cut short for that, since the last whole one
    turns = 0  # since memory was collected, where that is done
    short = 0  # turns since memory ran out; 0: it did not

    def __init__(
        self, config, refused, storage, clock, rng, boot, modems, random_bytes, board, key=b""
    ):
        self.config = self.card = config  # `card`: as it is for the card in use
        self.storage = storage
        self.clock = clock
        self.boot = boot
        self.modems = modems
        self.random_bytes = random_bytes
        self.board = board
        self.key = key
        self.challenges = None  # made with the first challenge
        self.wrong_s = 0  # uptime of the last wrong key
        self.counters = [0] * _COUNTERS
        self.modem_out, self.news = [], []  # bytes; events that nobody was told yet
        self.pins = []  # (what, ms) for the shell
        self.config_refused = bool(refused)
        self.rebooting = self.pin_refused = self.virtual = False
        self.powered_down = False  # the module said so itself
        self.identity = {}
        self.ready = False  # the modem is set up
        self.situation = situation.UNREGISTERED
        self.ordered = ids.RUNG_NONE  # by a technician
        self.running = self.next = None  # the duty under way, and what is loaded for the next one
        self.self_test = None  # [does it run, uptime of its start or end, results, recent starts]
        self.look_s = self.status_s = 0
        self.changed = True
        self.turn_s = -1
        self.meter_s = 0
        # A fleet that comes back from one power cut must not call in one second (GSMA TS.34,
        # 4.0_REQ_003).
        self.boot_wait_s = rng.below(61)

        self.log = EventLog(storage, clock, boot, self.counters, config["log_bytes"], key)
        self.log.level = {"info": ids.SEV_OK, "warning": ids.SEV_WARNING}.get(
            config["log_level"], ids.SEV_ERROR
        )
        self.ladder = Ladder(storage, clock, rng, self.counters)
        self.network = Network(clock, self.event, config["roaming"], config["roaming_list"])
        self.path = HostPath(config, clock, rng)
        self.engine = Engine(self.modem_out.append, clock, modems.load("generic"), self.counters)
        self.trace = self.engine.pairing.trace = Trace(clock)
        self.engine.on_urc = self._on_urc
        self.engine.on_restart = self._on_restart
        self.inbox = Inbox()
        self.host = HostLink(self.counters, self._host_request)
        self.app = HostLink(self.counters, self._app_request)
        self.between = Between(self, self.rts_cts) if self.uart_stalls else None
        for name in config:
            self.several = self.several or name.startswith("acquirer.")
        self.several = self.several or len(storage.names("acq")) > 0
        self._begin(refused)
        # Messages at rest are sealed with a key of their own, derived from the device's. What the
        # last power cut interrupted is told from here, behind the start.
        sealing = hmac_sha256(key, b"POSMA outbox 1") if key else b""
        self.settlement = Settlement(
            *(storage, config, clock, rng, self.event, sealing, self.path, self.counters),
            *(None, self.log, modules.call("life.rot", "own", self)),
        )
        if self.several:
            self.settlement, self.path = modules.use(
                "settlement.acquirers", "several", self, self.settlement
            )
        if config["sim2"]:
            modules.call("healing.cards", "start", self)
        self.credit = self.account()
        open_way = config["report_closed"] or not config["closed_apn"]
        if key and config["fleet"] and config["report_host"] and open_way:
            self.reporter = modules.use("report.reporter", "Reporter", self)

    def account(self):
        """The account of the card in use, as it was kept."""
        kept = "credit2" if self.slot else "credit"
        return Credit(self.storage, self.card, self.clock, self.ladder.rng, self.event, kept)

    def _begin(self, refused):
        self.event(ids.E_BOOT, ids.SEV_INFO, {ids.A_VERSION: VERSION})
        for name, reason in refused:
            self.counters[ids.C_CONFIG_REFUSED] += 1
            args = {ids.A_KEY: name, ids.A_REASON: reason}
            self.event(ids.E_CONFIG_REFUSED, ids.SEV_WARNING, args)
        if self.log.damaged:
            self.counters[ids.C_LOG_DAMAGED] += self.log.damaged
            self.event(ids.E_LOG_DAMAGED, ids.SEV_WARNING, {ids.A_COUNT: self.log.damaged})
        if self.log.seen_boot > self.boot:
            # littlefs came back with an earlier state: what was accepted since may be gone.
            self.event(ids.E_FLASH_OLD, ids.SEV_CRITICAL, {ids.A_COUNT: self.log.seen_boot})
        self._tell_unreadable()
        for side in (self.host, self.app):
            side.send(ids.FRAME_HELLO, frames.put_hello, status.hello(self))

    def _tell_unreadable(self):
        unreadable = self.storage.unreadable
        while unreadable:
            self.counters[ids.C_FLASH_ERRORS] += 1
            self.event(ids.E_FLASH_UNREADABLE, ids.SEV_ERROR, {ids.A_KEY: unreadable.pop(0)})

    # The shell's side

    def feed_modem(self, buf: bytes, n: int) -> None:
        """The first `n` bytes of `buf` came from the modem."""
        modules.collect_each(modules.LATER)
        self.engine.feed(buf, n)

    def bytes_lost(self) -> None:
        """The buffer before feed_modem() was full: unless the modem waits for us, it may have said
        what nobody heard, and is asked again.
        """
        if self.between.flows if self.between else self.rts_cts:
            return
        self.counters[ids.C_UART_FULL] += 1
        self.look_s = self.clock.s
        self.inbox.all = self.inbox.news = True

    def step(self):
        """Do what is due; returns ms until the next deadline, at most one status period.

        A turn that runs out of memory is given up, and the next one finds what it left; two in a
        row are a crash.
        """
        try:
            if self.news:
                announce(self)
                self._tell()
            wait_ms = 0 if self.telling and leaves(self) else self._turn()
        except MemoryError:
            self.relieve()
            return 0
        assert 0 <= wait_ms <= self.config["status_s"] * 1000 and 0 <= self.short <= 2
        if self.short:
            self.short -= 1
        return wait_ms

    def relieve(self) -> None:
        """Memory ran out: make room, mend what was left half done. Raises MemoryError when that
        was so in the last turn, too."""
        if self.short > 1:
            raise MemoryError
        self.short = 2
        self.counters[ids.C_HEAP_LOW] += 1
        self.changed = True
        self.trace.clear()
        if self.running is None:
            modules.relieve()
        self.settlement.mend()

    # Once all news is told and has left, a turn does the first of these that is due, and returns 0
    # for the next one: hear the acquirer or serve a request; take stock; learn a card; load or
    # begin a duty; send a status. Only where none is left it returns ms to wait. A module that was
    # loaded, or a line that came meanwhile, ends it, too. After `+CEREG: 3` the first turn tells
    # the event, the second lets it leave, the third takes stock, the fourth tells "denied".
    def _turn(self):
        wait_ms = self.engine.poll()
        if modules.loaded():
            return 0
        host, app, between = self.host, self.app, self.between
        asked = host.held or app.held
        over = self.settlement.told()
        if (asked or over) and not schedule.prepared(self):
            return 0
        if over:
            self.settlement.hear()
        elif between is not None:
            over = between.turn()
        elif asked:
            over = host.serve() or app.serve()
        if over:
            if self.next is None and not (host.held or app.held):
                modules.past()
            return 0  # what follows from it is the next turn's
        # Once a second, and when something happened: most turns only move bytes. A look that is
        # about to begin ends with it; with a modem that just fell silent for good none begins.
        now_s = self.clock.s
        running, unread = self.running, self.unread
        if unread and more(self):
            return 0
        if self.changed or now_s != self.turn_s:
            looks = self.ready and running is None and self.look_s <= now_s
            if self.changed or not looks or self.engine.dead:
                self.turn_s = now_s
                self._take_stock()
                if self.news or modules.loaded():
                    return 0
        if self.sim_news and running is None:
            schedule.know_card(self)
            return 0
        if unread and more(self):
            return 0
        soonest_s = schedule.start_due(self)
        if (self.next is not None and self.running is None) or modules.loaded():
            return 0
        if self.running is not running:
            wait_ms = self.engine.poll()  # sends the new duty's first command
        if self.news or (unread and more(self)):
            return 0
        if self.changed or now_s >= self.status_s:
            self.changed = False
            self.status_s = now_s + self.config["status_s"]
            self.host.send(ids.FRAME_STATUS, frames.put_status, status.status(self))
        wrote = self.log.poll() if between is None else 0
        asked = (host.held and host.due()) or (app.held and app.due())
        if self.turn_s < 0 or self.stages or asked or wrote > 1:
            return 0  # a duty had nothing to do and is over, or somebody asked more
        if not (wrote or self.credit.texts or modules.ready()):
            return 0
        limit_ms = (self.status_s - now_s) * 1000
        log_ms = self.log.due() if between is None else between.due()
        if 0 <= wait_ms < limit_ms:
            limit_ms = wait_ms
        if 0 <= log_ms < limit_ms:
            limit_ms = log_ms
        if 0 <= soonest_s * 1000 < limit_ms:
            limit_ms = soonest_s * 1000
        if limit_ms > _OWED_MS and self.engine.pairing.busy and self.engine.silent_s() >= 0:
            limit_ms = _OWED_MS  # what is owed is missed in time
        self.cut = 0
        if limit_ms and not wrote and now_s > self.told_s:  # else more may follow at once
            self.turns = modules.tidy(self.turns)
        return limit_ms

    def _take_stock(self):
        assert self.stages is None or self.running is not None  # what is read has its duty
        if self.storage.unreadable:
            self._tell_unreadable()
        if self.between is None or not self.between.busy():
            self.credit.poll()
        self.assess()

    def idle(self) -> bool:
        """Nothing in flight: no command on the modem, nothing to write."""
        waits = self.host.pending() or self.app.pending()
        return not (self.engine.pairing.busy or self.modem_out or waits)

    def event(self, event_id: int, severity: int, args: dict | None = None) -> None:
        """Log it, tell host and application: at the top of the turn, as it may come anywhere."""
        self.news.append(self.log.add(event_id, severity, args))
        self.changed = True
        if event_id == ids.E_SUBMITTED:
            if self.situation != situation.WELL:
                self.demand, self.hope = True, self.hope or 1
            elif self.spread_s > self.clock.s:
                self.demand = True
        if len(self.news) > _NEWS_MAX:
            self._tell()

    def _tell(self):
        while self.news:
            record = self.news.pop(0)
            self.host.send(ids.FRAME_EVENT, frames.put_event, record)
            if self.reporter:
                self.reporter.heard(record)
            if record[ids.EV_ID] >= ids.E_SUBMITTED:
                self.app.send(ids.FRAME_EVENT, frames.put_event, record)

    def last_words(self) -> None:
        """It crashed, and the next start knows only what is on flash."""
        self.settlement.last_words()
        self.log.flush()
        self.keep_line()

    def on_flash(self, write) -> None:
        """Call write(); a flash that refuses is counted, it stops nothing."""
        try:
            write()
        except OSError:
            self.counters[ids.C_FLASH_ERRORS] += 1

    def _host_request(self, request, frame):
        if request[ids.RQ_OP] == ids.OP_STATUS:
            return ids.R_OK, status.present(status.status(self)), None
        return modules.call("host.requests", "host", self, request, frame)

    def _app_request(self, request, frame):
        op = request[ids.RQ_OP]
        if op == ids.OP_HELLO:
            return ids.R_OK, status.present(status.hello(self)), None
        if op == ids.OP_STATUS:
            return ids.R_OK, status.present(status.status(self)), None
        return self.application(op, request.get(ids.RQ_ARGS, {}))

    def application(self, op: int, args: dict | None, flags: int = 0):
        """The payment application's operations, on either port; `flags`: MF_* of the way in."""
        if not ids.OP_SUBMIT_PART <= op <= ids.OP_ENDS:
            return ids.R_UNKNOWN_OP, None, None
        args = modules.call("host.door", "arguments", op, args)
        result, value = self.settlement.handle_app(op, args, flags)
        return result, value, None

    # What the modem says by itself

    def _on_urc(self, line):
        if line.startswith(b"+C") and line.find(b"REG:", 2, 9) > 0:
            self._on_registration(line)
        elif line.startswith(b"+CPIN:"):
            self.network.on_sim_text(line)
            self.look_s = self.clock.s
        elif matches(line, _TIMES):
            self.on_clock_line(line)
        elif not self.inbox.on_line(line):
            neutral = self.engine.family.urc(line)
            if neutral is not None:
                self._on_neutral(neutral[0], neutral[1])

    def _on_registration(self, line):
        try:
            self.network.on_line(line, False)
            self.changed = True
        except ValueError:
            line = None
        if line is None:
            self.counters[ids.C_MODEM_GARBAGE] += 1
        self.look_s = self.clock.s  # the context may have come or gone with it

    def _on_neutral(self, event, arg):
        if event == ids.NEWS_CONTEXT_LOST:
            if arg == 1:  # else IMS's, or another bearer beside ours
                self.context_lost()
        elif event == ids.NEWS_SOCK_DATA or event == ids.NEWS_SOCK_CLOSED:
            self.settlement.on_socket(event == ids.NEWS_SOCK_CLOSED, arg)
        elif event == ids.NEWS_SIM_CHANGED:
            self.network.sim_read = False
            self.look_s = self.clock.s
        elif event == ids.NEWS_POWERED_DOWN:
            self.powered_down = True
        elif event == ids.NEWS_DETACHED:
            self.network.detached = arg == 1
            self.look_s = self.clock.s

    def _on_restart(self):
        self.event(ids.E_MODEM_RESTARTED, ids.SEV_WARNING)
        self.ladder.line[ids.LN_RESTARTS] += 1
        self.rebooting = True
        self.powered_down = False
        if self.acting_s > self.clock.s + schedule.RESET_S:
            self.acting_s = 0  # no reset was ordered
        self.ready = False
        self.context_up = False
        self.network.reset()
        self.inbox.reset()

    def on_clock_line(self, line: bytes) -> None:
        """A line with the network's time."""
        modules.call("life.clock_set", "by_line", self, line)
