"""The radio's life: search, attach, rejects, silence, loss. One terminal in one network.

CS, PS and EPS are registered separately; each carries a stat (TS 27.007 cl. 7.2) and the cause of
its last reject. After a permanent reject the terminal stays silent until its radio or its card is
cycled (TS 24.301 cl. 5.5.1.2.5): the agent has to find that out by itself.
"""

from ..modem.contexts import Contexts
from .operator import GSM, LTE, UTRAN
from .search import PERMANENT, Search

CS, PS, EPS = 0, 1, 2


class Radio(Search):
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
        self.stays_slow = options.get("stays_slow", False)  # comes back from 2G by a search only
        self.gives_up_s = options.get("gives_up_s", 0)  # searching ends for good after this
        self.auto_context = options.get("auto_context", True)
        self.scan_ms = options.get("scan_ms", (1500, 5000))
        self.slow_after_cfun_ms = options.get("slow_after_cfun_ms", 0)  # all bands are searched
        self.slow_ms = 0
        self.cycled = False  # off and on by command, not by a boot
        self.card_cycle = False  # and only the card felt it
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
        self.barred_until_ms = 0  # by the module itself
        self.manual_act = None  # +COPS=1 or 4 with a technology; it outlives a restart
        self.fell_back = False  # mode 4 found nothing and chose by itself again
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
            self.cycled = True
            heals = ("cfun4", "cfun0") if fun == 0 else ("cfun4",)
            if self.silent != "permanent" or self.silent_until in heals:
                self.silent = ""
            if fun == 0:
                self.sim.power_up()
                self.contexts.forget_refusals()
            self.forbidden = {}
            self._leave(0, event=None)
        elif self.silent:
            self._show((self.denied_stat,) * 3, self.cause[:])
        else:
            self.slow_ms = self.slow_after_cfun_ms if self.cycled else 0
            self.search()

    def restart(self):
        """The module lost its supply or was reset: nothing volatile is left."""
        self._void()
        self.fun = 0
        self.cycled = False
        self.silent = ""
        self.manual_off = False
        self.attempts = 0
        self.forbidden = {}
        self.contexts.restart(self.listener.profile.get("stale_apn", ""))
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

    def other_card(self, sim):
        """Another card, another subscription: nothing of the last one holds."""
        self.sim = sim
        sim.power_up()
        self._void()
        self.silent = ""
        self.attempts = 0
        self.forbidden = {}
        self.contexts.forget_refusals()
        self._leave(0, event="ME DETACH" if self.attached else None)
        self.search()

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
        elif self.attached and self._better() and not self.stays_slow:
            self._later(self.rng.between(10000, 90000), self._move_up)

    def slow(self):
        """On 2G, by a module that knows LTE: only a search can tell whether some is there."""
        return LTE in self.rats and self.cell is not None and self.cell.act == GSM

    def _better(self):
        """A cell of a technology that comes before the present one, or None."""
        cell = self._candidate()
        if cell is None or self.cell is None:
            return None
        return cell if self.rats.index(cell.act) < self.rats.index(self.cell.act) else None

    def _move_up(self):
        """Reselection by priority (TS 36.304 cl. 5.2.4): sessions live on in the other cell."""
        cell = self._better()
        if cell and self.attached:
            self.cell = cell
            self._attach()

    def _audible(self, cell):
        return self.operator.cell(cell.act) is cell

    def _link_failed(self):
        if self.cell and not self._audible(self.cell):
            self.operator.note("link_lost")
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
        """The bar is gone. Nothing happens: a network does not call back whom it refused."""

    def end_context(self, cid):
        """The network closes a session (TS 24.301 cl. 6.4.4)."""
        context = self.contexts.get(cid)
        if context and context.address:
            self.operator.note("context_ended", cid)
            self.contexts.deactivate(cid)
            if self.cell and self.cell.act == LTE:
                self.listener.event("NW PDN DEACT %d" % cid)
            else:
                self.listener.event('NW DEACT "IP","0.0.0.0",%d' % cid)
            self.listener.context_lost(cid)

    def detached(self, cause, again=True):
        """The network detaches the terminal: with a cause as in a reject, or to attach again."""
        self.operator.note("detached", cause)
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
        elsewhere = self.manual_act is not None and self.cell and self.cell.act != self.manual_act
        if (self.attached and not elsewhere) or self.silent == "permanent":
            return
        if self.attached:
            self._void()
            self._leave(2, event="ME DETACH")
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
