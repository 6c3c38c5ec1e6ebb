"""What holds between modem and acquirer, and what is broken: the agent's half that assesses."""

from posproto import const, ids
from posproto.verdicts import severity_of

from .. import modules, schedule, situation, verdict

_LINE_S = const(3600)
_ADVICE_S = const(120)  # to come back without the restart that an operator advised


class Assessment:
    """Base of Agent, whose __init__ makes the machines that are asked here. The findings stand in
    the fields below; `cause` and the verdict are written in this file alone.
    """

    context_up = False
    context_failures = 0
    cause = 0  # of the refusal at hand: (CAUSE_* << 8) | number, 0 where none was told
    layer = ids.LAYER_NONE  # the highest that is proven, and since when
    layer_s = 0
    rise_s = 0  # uptime at which the path last came up to a network or higher
    acting_s = 0  # until then what the modem shows is an act of healing in passing
    tray_empty = False  # the tray said so itself
    renewed = False  # attached anew: what was refused before may be granted
    demand = False  # a message, a payment, a technician or a new SIM wants the line
    hope = 0  # something new speaks for another try: a message 1, a payment 2
    advised = False  # by the operator: restart after paying
    advice_s = None  # when that is due
    verdict = ids.V_STARTING
    confidence = 100
    second = None  # verdict, beside it
    verdict_s = 0

    def context_is_up(self) -> None:
        """The context has an address: nothing above it is proven yet."""
        self.context_up = True
        self.context_failures = 0
        self.path.fresh()
        self.ladder.bars(False)
        self.credit.context(True)
        self.event(ids.E_CONTEXT_UP, ids.SEV_INFO)

    def context_refused(self, cause: int) -> None:
        """The network refused the context for a `cause` as above."""
        assert 0 <= cause < ids.WIDE_CAUSE << 1  # 0, or a domain and its number: causes.packed()
        self.context_failures += 1
        self.ladder.line[ids.LN_REFUSED] += 1
        self.cause = cause
        self.event(ids.E_CONTEXT_REFUSED, ids.SEV_ERROR, {ids.A_CAUSE: cause})
        if cause >> 8 == ids.CAUSE_ESM:
            self.ladder.bars(self.credit.is_subscription(cause))
        self.credit.suspect(cause)

    def context_granted(self) -> None:
        """A bearer came without an activation: the refusal of before is void."""
        self.cause = 0
        self.ladder.bars(False)
        modules.call("healing.budgets", "hope", self.ladder, 0, False)

    def count_outage(self) -> None:
        """Up to now. Where no host is set, an address is all that can be had."""
        if self.layer < ids.LAYER_CONTEXT or self.path.hosts():
            self.ladder.count_outage(self.layer, self.layer_s)

    def keep_line(self) -> None:
        """Write what befell the line; see line_record.py."""
        self.count_outage()
        self.ladder.line_s = self.clock.s
        line = (self.storage, self.ladder.line)
        self.on_flash(lambda: modules.call("healing.line_record", "save", *line))

    def context_lost(self) -> None:
        """The context is gone, if it was there."""
        if self.context_up:
            self.context_up = False
            self.credit.context(False)
            self.event(ids.E_CONTEXT_LOST, ids.SEV_WARNING)

    def assess(self) -> None:
        """Situation and verdict of now."""
        self.settlement.online = self.context_up
        self.settlement.poll()
        plight = self._situation()
        if plight is not None:
            if plight == situation.UNREGISTERED and self.situation == situation.DENIED:
                # The module tries again by itself; what it is told comes within seconds.
                self.acting_s = max(self.acting_s, self.clock.s + schedule.SETTLE_S)
            self.situation = plight
            if plight != situation.SIM_LOST:
                self.tray_empty = False
            if situation.DEAD < plight <= situation.ABROAD:
                self.context_lost()  # whatever the module still shows
                self.cause = self.network.reject_cause or self.cause
        if self.situation == situation.WELL:
            self.cause = self.context_failures = 0
            self.demand = self.advised = False
        elif 0 < self.cause >> 8 < ids.CAUSE_ESM and self.network.registered():
            self.cause = 0  # it said why there was no network: there is one again
        assert plight != situation.WELL or (self.context_up and self.network.registered())
        self.ladder.stands(self.situation)
        if self.clock.s - self.ladder.line_s >= _LINE_S:
            self.keep_line()
        self._hopes()
        self._judge()

    def _situation(self):
        """situation.*, or None while nothing is known after a start."""
        net = self.network
        if self.engine.dead:
            return situation.DEAD
        if net.card_gone():
            return situation.SIM_LOST
        if net.sim in (ids.SIM_PIN, ids.SIM_PUK, ids.SIM_BOUND, ids.SIM_BLOCKED):
            return situation.SIM_LOCKED
        if not self.ready or not net.looked:
            return None
        if net.fun in (0, 4):
            return situation.RADIO_OFF
        if not net.registered():
            if net.abroad():
                return situation.ABROAD
            return situation.DENIED if net.denied() else situation.UNREGISTERED
        if not self.context_up:
            refused = self.credit.is_subscription(self.cause)
            return situation.REFUSED if refused else situation.NO_CONTEXT
        return situation.HOST_DOWN if self.path.down() else situation.WELL

    def _proven_layer(self):
        net = self.network
        if self.engine.dead or not self.ready:
            return ids.LAYER_NONE
        if not net.registered():
            return ids.LAYER_SIM if net.sim == ids.SIM_READY else ids.LAYER_MODEM
        if net.sim not in (ids.SIM_READY, ids.SIM_BUSY):  # busy: the session stands all the same
            return ids.LAYER_MODEM
        return self.path.layer() if self.context_up else ids.LAYER_REGISTERED

    def _judge(self):
        """The proven layer and the verdict now, each an event where it changed. A fall counts an
        outage; a rise to registration or context may draw a turn among all who come back; an
        answer of the acquirer proves the line. So `+CEREG: 3` on a line that worked is an outage,
        the event of a lower layer, then that of the verdict "denied".
        """
        layer = self._proven_layer()
        if layer != self.layer:
            self.count_outage()
            if layer < ids.LAYER_REGISTERED <= self.layer:
                self.ladder.line[ids.LN_DEREGISTERED] += 1
            args = {ids.A_LAYER: layer, ids.A_PREVIOUS: self.layer}
            if layer > self.layer and layer >= ids.LAYER_REGISTERED:
                self.rise_s = self.clock.s
                self.renewed = self.renewed or self.layer < ids.LAYER_REGISTERED
                if self.layer < ids.LAYER_CONTEXT and not self.spread_s:
                    modules.call("healing.turn", "draw", self)
            self.layer, self.layer_s = layer, self.clock.s
            self.event(ids.E_LAYER, ids.SEV_INFO, args)
            if layer >= ids.LAYER_TCP:
                self.credit.proven(layer)
            if layer == ids.LAYER_ANSWER:
                self.event(ids.E_PATH_PROVEN, ids.SEV_INFO, self.credit.restored)
                self.credit.restored = None
        if layer >= ids.LAYER_CONTEXT:
            self.served_s = self.clock.s
            if self.spread_s <= self.clock.s:
                self.spread_s = 0
        assert self.context_up or layer < ids.LAYER_CONTEXT
        assert self.rise_s <= self.clock.s >= self.layer_s
        old = self.verdict
        self.verdict, self.confidence, self.second = verdict.judge(self)
        assert 0 <= self.confidence <= 100 and self.second != self.verdict
        if self.verdict != old:
            self.verdict_s = self.clock.s
            self.event(ids.E_VERDICT, severity_of(self.verdict), verdict.args(self, old))

    def acted(self, rung: int) -> None:
        """A rung acted: what called for it is answered, the restart that was advised too. An order
        that came meanwhile is another one.
        """
        assert ids.RUNG_NONE < rung <= ids.RUNG_OTHER_CARD
        self.demand = self.advised = False
        if rung == self.ordered:
            self.ordered = ids.RUNG_NONE
        if rung >= ids.RUNG_CFUN4:
            self.advice_s = None

    def _hopes(self):
        """What speaks for another try: the next activation may come early."""
        assert 0 <= self.hope <= 2
        credit = self.credit
        if credit.hint:
            credit.hint = False
            self.hope, self.demand = 2, True
            if self.spread_s:  # paid: this terminal waits for nobody
                self.spread_s = self.boot_wait_s = self.clock.s
            if credit.advice and self.situation != situation.WELL:
                self.advice_s = self.clock.s + _ADVICE_S
            credit.advice = False
        if self.demand and self.spread_s > self.clock.s:
            modules.call("healing.turn", "attend", self)
        if self.hope and self.running is None:  # what is loaded for a duty leaves no room
            if self.situation not in (situation.WELL, situation.DEAD):
                modules.call("healing.budgets", "hope", self.ladder, self.hope, credit.way == "-")
            self.hope = 0
        if self.advice_s is not None and self.clock.s >= self.advice_s:
            self.advice_s = None
            self.advised = True
