"""PDP contexts of the modem, and the back-off that the network sets (TS 24.301 cl. 6.5.1)."""

NO_ANSWER = -1
NOT_ATTACHED = -2
_FOR_EVER_S = 100000000


class Context:
    def __init__(self, cid, kind="IP", apn=""):
        self.cid = cid
        self.kind = kind
        self.apn = apn
        self.user = ""
        self.password = ""
        self.auth = 0
        self.address = None  # None: not active
        self.bound = False  # the module's own TCP stack uses it (QIACT, NETOPEN)


class Contexts:
    """Activation and loss of contexts; radio says whether the terminal is attached."""

    def __init__(self, radio, operator, rng, options):
        self.radio = radio
        self.operator = operator
        self.rng = rng
        self.default_back_off_s = options.get("default_back_off_s", 0)
        self.refusals_until = options.get("refusals_until", "cfun0")  # or reset
        self.stale = False  # an old definition is in use until it is written again
        self.stuck = False  # the module itself refuses until it restarts
        self.table = {1: Context(1, "IP", options.get("apn", ""))}
        others = options.get("contexts", {})  # what else the module comes with, by number
        for cid in others:
            self.table[int(cid)] = Context(int(cid), "IPV4V6", others[cid])
        self.back_off = {}  # APN -> (until_ms, cause)
        self.last_cause = 0  # ESM cause of the last refusal, as +CEER tells

    def get(self, cid):
        return self.table.get(cid)

    def define(self, cid, kind, apn):
        context = self.table.get(cid)
        if context is None:
            context = self.table[cid] = Context(cid)
        context.kind, context.apn = kind, apn
        self.stale = False
        return context

    def active(self):
        return [c for c in self.ordered() if c.address]

    def ordered(self):
        return [self.table[cid] for cid in sorted(self.table)]

    def waiting_s(self, apn):
        """Seconds of back-off left for an APN."""
        until_ms = self.back_off.get(apn, (0, 0))[0]
        return max(0, until_ms - self.operator.agenda.now_ms + 999) // 1000

    def timers(self):
        """[(APN, seconds left, None: deactivated)] of the back-offs that run."""
        now_ms = self.operator.agenda.now_ms
        found = []
        for apn in sorted(self.back_off):
            until_ms = self.back_off[apn][0]
            if until_ms > now_ms:
                left_s = (until_ms - now_ms + 999) // 1000
                found.append((apn, None if left_s > _FOR_EVER_S // 2 else left_s))
        return found

    def activate(self, cid, done):
        """Activate; done(0) or done(ESM cause or NO_ANSWER or NOT_ATTACHED), some time later."""
        agenda = self.operator.agenda
        context = self.table.get(cid)
        if context is None or not self.radio.attached:
            agenda.after(20, done, NOT_ATTACHED)
            return
        if context.address:
            agenda.after(30, done, 0)
            return
        if self.stuck:
            agenda.after(self.rng.between(900, 4000), done, NO_ANSWER)
            return
        until_ms, cause = self.back_off.get(context.apn, (0, 0))
        if until_ms > agenda.now_ms:
            # The modem answers by itself: nothing goes on the air (cl. 6.5.1.4.3).
            self.operator.note("activate_held", cause)
            agenda.after(20, done, cause)
            return
        delay = self.rng.between(250, 1200)
        if self.operator.mute:
            self.operator.activate(context.apn)
            agenda.after(40000, done, NO_ANSWER)  # T3480, 5 x 8 s
            return
        agenda.after(delay, self._asked, context, self.radio.epoch, done)

    def _asked(self, context, epoch, done):
        if epoch != self.radio.epoch or not self.radio.attached:
            done(NO_ANSWER)
            return
        address, cause, back_off_s = self.operator.activate(
            context.apn or self.operator.default_apn
        )
        if address:
            context.address = address
            self.last_cause = 0
            done(0)
            return
        if not back_off_s and cause in (8, 27, 32, 33):
            back_off_s = self.default_back_off_s
        if back_off_s < 0:
            back_off_s = _FOR_EVER_S  # "deactivated" (TS 24.301 cl. 6.5.1.4)
        if back_off_s:
            self.operator.note("back_off", back_off_s)
            until = self.operator.agenda.now_ms + back_off_s * 1000
            self.back_off[context.apn] = (until, cause)
        self.last_cause = 0 if self.operator.data_bar_hidden() else cause
        done(cause)

    def deactivate(self, cid):
        context = self.table.get(cid)
        if context:
            context.address = None
            context.bound = False

    def drop_all(self):
        """The attach ended: all contexts are gone, without a word from the network."""
        lost = self.active()
        for context in lost:
            context.address = None
            context.bound = False
        return lost

    def forget_refusals(self):
        """The radio's supply was cycled: +CEER tells of nothing older. Some firmware goes on
        telling the old refusal, without asking the network, until the module itself restarts.
        """
        if self.refusals_until == "cfun0":
            self._forget()

    def _forget(self):
        self.back_off = {}
        self.last_cause = 0

    def restart(self, stale_apn=""):
        """The module starts again; with stale_apn it comes back with what was defined long ago."""
        self.drop_all()
        self._forget()
        self.stuck = False
        if stale_apn:
            self.table[1].apn = stale_apn
            self.stale = True
