"""The radio's life: search, attach, rejects, silence, loss. One terminal in one network.

CS, PS and EPS are registered separately; each carries a stat (TS 27.007 cl. 7.2) and the cause of
its last reject. After a permanent reject the terminal stays silent until its radio or its card is
cycled (TS 24.301 cl. 5.5.1.2.5): the agent has to find that out by itself.
"""

from .contexts import Contexts
from .operator import GSM, LTE, UTRAN

CS, PS, EPS = 0, 1, 2

PERMANENT = (2, 3, 5, 6, 7, 8)
AREA = (11, 12, 13, 14, 15, 25, 35)

T3410_MS = 15000
T3411_MS = 10000
T3402_MS = 720000


class Radio:
    """listener is the modem: registration(domain), event(text), context_lost(cid), take(message),
    network_time(). options: rats, denied_stat, ps_on_lte, silent_until, gives_up_s, auto_context.
    """

    def __init__(self, operator, rng, sim, options):
        self.operator = operator
        self.agenda = operator.agenda
        self.rng = rng
        self.sim = sim
        self.listener = None
        self.rats = options.get("rats", (LTE, UTRAN, GSM))
        self.denied_stat = options.get("denied_stat", 3)
        self.ps_on_lte = options.get("ps_on_lte", True)
        self.silent_until = options.get("silent_until", "cfun4")  # or cfun0, reset
        self.gives_up_s = options.get("gives_up_s", 0)  # searching ends for good after this
        self.auto_context = options.get("auto_context", True)
        self.scan_ms = options.get("scan_ms", (1500, 5000))
        self.fun = 0
        self.stat = [0, 0, 0]
        self.cause = [0, 0, 0]
        self.cell = None  # camped on, registered or not
        self.attached = False  # for packet data
        self.silent = ""  # why nothing is tried: "", "permanent", "gave up", "deregistered"
        self.epoch = 0  # goes up whenever what was under way is void
        self.attempts = 0
        self.forbidden = {}  # access technology -> until_ms
        self.search_began_ms = 0
        self.manual_off = False  # +COPS=2
        self.contexts = Contexts(self, operator, rng, options)
        self._sent_to_cell = None
        operator.radio = self

    # -- power ---------------------------------------------------------------

    def power(self, fun):
        """+CFUN 0, 1 or 4. 1 starts the search; 0 also takes the card's supply away."""
        if fun == self.fun:
            return
        self.fun = fun
        self._void()
        if fun != 1:
            if self.silent_until == "cfun4" or (self.silent_until == "cfun0" and fun == 0):
                self.silent = ""
            if fun == 0:
                self.sim.power_up()
                self.contexts.forget_back_off()
            self.forbidden = {}
            self._leave(0, event=None)
        elif self.silent:
            self._show((self.denied_stat,) * 3, self.cause[:])
        else:
            self.search()

    def restart(self):
        """The module lost its supply or was reset: nothing volatile is left."""
        self._void()
        self.fun = 0
        self.silent = ""
        self.manual_off = False
        self.attempts = 0
        self.forbidden = {}
        self.contexts.forget_back_off()
        self.contexts.drop_all()
        self.stat, self.cause = [0, 0, 0], [0, 0, 0]
        self.attached = False
        self.cell = None
        self.sim.power_up()

    def sim_changed(self):
        """The card came, went or became usable."""
        if self.fun != 1:
            return
        if not self.sim.ready():
            self._void()
            self._leave(0, event=None)
        elif not self.attached:
            self.silent = ""
            self.search()

    def _void(self):
        self.epoch += 1

    def _later(self, delay_ms, fn, *args):
        self.agenda.after(delay_ms, self._if_valid, self.epoch, fn, args)

    def _if_valid(self, epoch, fn, args):
        if epoch == self.epoch:
            fn(*args)

    # -- search and attach ---------------------------------------------------

    def search(self):
        self._void()
        if self.fun != 1 or self.silent or self.manual_off:
            return
        if not self.sim.ready():
            self._show((0, 0, 0), (0, 0, 0))
            return
        self.search_began_ms = self.agenda.now_ms
        self._show((2, 2, 2), (0, 0, 0))
        self._later(self.rng.between(self.scan_ms[0], self.scan_ms[1]), self._scan, 15000)

    def _candidate(self):
        for act in self.rats:
            if self.forbidden.get(act, 0) > self.agenda.now_ms:
                continue
            cell = self.operator.cell(act)
            if cell:
                return cell
        return None

    def _scan(self, again_ms):
        cell = self._candidate()
        if cell is None:
            self.cell = self._any_cell()  # limited service, or nothing heard at all
            searched_s = (self.agenda.now_ms - self.search_began_ms) // 1000
            if self.gives_up_s and searched_s >= self.gives_up_s:
                self.silent = "gave up"
                self._show((0, 0, 0), self.cause[:])
                return
            self._later(again_ms, self._scan, min(again_ms * 2, 60000))
            return
        self.cell = cell
        self._attach()

    def _any_cell(self):
        for act in self.rats:
            cell = self.operator.cell(act)
            if cell:
                return cell
        return None

    def _attach(self):
        low, high = self.operator.attach_ms
        self._later(self.rng.between(low, high), self._answered)

    def _answered(self):
        accepted, cause, back_off_s = self.operator.attach(self.cell.act)
        if accepted:
            self._accepted()
        elif cause == -1:
            self._later(T3410_MS, self._rejected, 0, 0)
        else:
            self._rejected(cause, back_off_s)

    def _rejected(self, cause, back_off_s):
        """TS 24.301 cl. 5.5.1.2.5 and .6: what a reject makes of the terminal."""
        bar = self.operator.account.barred("attach")
        shown = 0 if bar and bar.hidden else cause
        act = self.cell.act
        if cause == 7 and act == LTE and self.operator.cell(GSM) and GSM in self.rats:
            self._circuit_only(shown)
        elif cause in PERMANENT:
            self.silent = "permanent"
            self._show((self.denied_stat,) * 3, (shown,) * 3)
        elif cause in AREA:
            self.forbidden[act] = self.agenda.now_ms + 1800000
            other = self._candidate()
            self._show((3, 3, 3), (shown,) * 3)
            if other:
                self._later(3000, self.search)
            else:
                self._later(1800000 + self.rng.below(60000), self.search)
        elif cause == 22:
            wait_ms = back_off_s * 1000 or self.rng.between(900000, 1800000)  # T3346
            self._show((2, 2, 2), (shown,) * 3)
            self._later(wait_ms, self.search)
        else:
            self._try_again(shown)

    def _try_again(self, shown):
        self.attempts += 1
        self._show((2, 2, 2), (shown,) * 3)
        if self.attempts < 5:
            self._later(T3411_MS, self._attach)
        else:
            self.attempts = 0
            self._later(T3402_MS, self.search)

    def _circuit_only(self, shown):
        """EMM 7: no packet service at all, calls and SMS go on in another network."""
        self.cell = self.operator.cell(GSM)
        home = 5 if self.operator.roaming else 1
        self._show((home, 3, 3), (0, shown, shown))
        self.operator.smsc.reachable()

    def _accepted(self):
        self.attempts = 0
        self.silent = ""
        self.attached = True
        home = 5 if self.operator.roaming else 1
        if self.cell.act == LTE:
            cs = home if self.operator.combined else 2
            self._show((cs, home if self.ps_on_lte else 0, home), (0, 0, 0))
            if self.auto_context and not self.contexts.stale:
                self._default_bearer()
        else:
            self._show((home, home, 0), (0, 0, 0))
        if self.operator.nitz:
            self.listener.network_time()
        self.agenda.after(self.rng.between(300, 900), self.operator.smsc.reachable)

    def _default_bearer(self):
        context = self.contexts.get(1)
        if context is None or self.operator.account.barred("data"):
            return
        context.address = self.operator.activate(context.apn or self.operator.default_apn)[0]
        if context.address:
            self.listener.event("ME PDN ACT 1")

    # -- loss ----------------------------------------------------------------

    def _leave(self, stat, event):
        """Registration is gone; contexts go with it."""
        lost = self.contexts.drop_all()
        self.attached = False
        self.cell = None
        self._show((stat,) * 3, self.cause[:] if stat == 3 else (0, 0, 0))
        if event:
            self.listener.event(event)
        for context in lost:
            self.listener.context_lost(context.cid)

    def coverage_changed(self):
        """Losing the cell is noticed after the radio link timers, not at once."""
        if self.cell and self.attached and not self._audible(self.cell):
            self._later(self.rng.between(4000, 12000), self._link_failed)

    def _audible(self, cell):
        return self.operator.cell(cell.act) is cell

    def _link_failed(self):
        if self.cell and not self._audible(self.cell):
            self._void()
            self._leave(2, event=None)
            self.search()

    def bar_fell(self, bar):
        if not bar.deactivates or not (self.attached or self.stat[CS] in (1, 5)):
            return
        if bar.layer == "attach":
            self._later(self.rng.between(500, 3000), self.detached, bar.cause)
        elif bar.layer == "data":
            self._later(self.rng.between(500, 3000), self._sessions_ended)

    def _sessions_ended(self):
        for context in self.contexts.active():
            self.end_context(context.cid)
        if self.operator.refused_data_detaches and self.attached:
            self.detached(0)

    def bar_lifted(self):
        """Nothing: the network does not call back a terminal that it refused."""

    def end_context(self, cid):
        """The network closes a session (TS 24.301 cl. 6.4.4)."""
        context = self.contexts.get(cid)
        if context and context.address:
            self.contexts.deactivate(cid)
            if self.cell and self.cell.act == LTE:
                self.listener.event("NW PDN DEACT %d" % cid)
            else:
                self.listener.event('NW DEACT "IP","0.0.0.0",%d' % cid)
            self.listener.context_lost(cid)

    def detached(self, cause, again=True):
        """The network detaches the terminal: with a cause as in a reject, or to attach again."""
        self._void()
        if cause in PERMANENT:
            self.silent = "permanent"
            bar = self.operator.account.barred("attach")
            shown = 0 if bar and bar.hidden else cause
            self.cause = [shown] * 3
            self._leave(self.denied_stat, "NW DETACH")
            return
        self._leave(2 if again else 0, "NW DETACH")
        if again:
            self.search()
        else:
            self.silent = "gave up"

    # -- what commands ask for -----------------------------------------------

    def reselect(self):
        """+COPS=0: search again, unless a permanent reject forbids (the SIM counts as invalid)."""
        self.manual_off = False
        if self.attached or self.silent == "permanent":
            return
        self.silent = ""
        self.forbidden = {}
        self.search()

    def deregister(self):
        """+COPS=2."""
        self.manual_off = True
        self._void()
        self._leave(0, event="ME DETACH" if self.attached else None)

    def detach(self):
        """+CGATT=0."""
        self._void()
        if self.attached:
            self._leave(0, "ME DETACH")
        self.silent = self.silent or "deregistered"

    def attach(self):
        """+CGATT=1."""
        if self.silent == "deregistered" or self.silent == "gave up":
            self.silent = ""
        if not self.attached:
            self.search()

    # -- what is shown and delivered -----------------------------------------

    def _show(self, stats, causes):
        changed = [d for d in (CS, PS, EPS) if self.stat[d] != stats[d]]
        self.stat = list(stats)
        self.cause = list(causes)
        for domain in changed:
            self.listener.registration(domain)

    def registered(self):
        return self.attached or self.stat[CS] in (1, 5)

    def deliver(self, message):
        """An SMS for the terminal; False where it cannot be reached or has no room."""
        if not self.registered() or self.cell is None or not self._audible(self.cell):
            return False
        return self.listener.take(message)

    def dbm(self):
        """Level of the cell that is heard, or None."""
        cell = self.cell or (self._any_cell() if self.fun == 1 else None)
        if cell is None or cell.dbm <= -121:
            return None
        return cell.dbm
