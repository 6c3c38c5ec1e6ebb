"""The terminal's way into a network: search, attach, and what each reject makes of it."""

from .operator import GSM, LTE

PERMANENT = (2, 3, 5, 6, 7, 8)
AREA = (11, 12, 13, 14, 15, 25, 35)

T3410_MS = 15000
T3411_MS = 10000
T3402_MS = 720000


class Search:
    """Base of Radio, which owns the attributes."""

    def _void(self):
        self.epoch += 1

    def _later(self, delay_ms, fn, *args):
        self.agenda.after(delay_ms, self._if_valid, self.epoch, fn, args)

    def _if_valid(self, epoch, fn, args):
        if epoch == self.epoch:
            fn(*args)

    def search(self):
        self._void()
        if self.fun != 1 or self.silent or self.manual_off:
            return
        if not self.sim.ready():
            self._show((0, 0, 0), (0, 0, 0))
            return
        self.search_began_ms = self.agenda.now_ms
        self._show((2, 2, 2), (0, 0, 0))
        scan_ms = self.rng.between(self.scan_ms[0], self.scan_ms[1]) + self.slow_ms
        self.slow_ms = 0
        self._later(scan_ms, self._scan, 15000)

    def _candidate(self):
        for act in self.rats:
            if self.forbidden.get(act, 0) > self.agenda.now_ms:
                continue
            if self.manual_act not in (None, act):
                continue
            cell = self.operator.cell(act)
            if cell:
                return cell
        return None

    def _scan(self, again_ms):
        wait_ms = self.barred_until_ms - self.agenda.now_ms
        if wait_ms > 0:
            self._later(wait_ms, self._scan, again_ms)
            return
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
            cell = self.operator.heard(act)
            if cell:
                return cell
        return None

    def _attach(self):
        low, high = self.operator.attach_ms
        self._later(self.rng.between(low, high), self._answered)

    def _answered(self):
        accepted, cause, back_off_s = self.operator.attach(self.cell.act)
        if accepted and self.contexts.stale:
            self._try_again(0)  # the default bearer cannot be set up with the old definition
        elif accepted:
            self._accepted()
        elif cause == -2:  # barred until T302 is over; no attempt of the attach counts
            self._later(back_off_s, self._attach)
        elif cause == -1:
            self._later(T3410_MS, self._rejected, 0, 0)
        else:
            self._rejected(cause, back_off_s)

    def _rejected(self, cause, back_off_s):
        """TS 24.301 cl. 5.5.1.2.5 and .6: what a reject makes of the terminal."""
        if self.attached:  # it was on its way to a better cell
            self.attached = False
            for context in self.contexts.drop_all():
                self.listener.context_lost(context.cid)
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
            if self.auto_context:
                self._default_bearer()
        else:
            self._show((home, home, 0), (0, 0, 0))
        if self.operator.nitz:
            self.listener.network_time()
        self.agenda.after(self.rng.between(300, 900), self.operator.smsc.reachable)

    def _default_bearer(self):
        context = self.contexts.get(1)
        if context is None or context.address or self.operator.account.barred("data"):
            return
        apn = context.apn or self.operator.default_apn
        context.address = self.operator.activate(apn, "bearer")[0]
        if context.address:
            self.listener.event("ME PDN ACT 1")
