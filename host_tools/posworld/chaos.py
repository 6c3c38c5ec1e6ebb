"""Random faults from a seed: whatever goes wrong between a modem and its acquirer, in any mixture.

After stop() nothing is wrong any more but what is the terminal's own to cure (a hung module, a
card that wants its supply cycled, a reject that silenced it): recovery may then be demanded.
"""

from .account import Bar

_HOUR_S = 3600

# Causes as networks send them, the common ones more often; ESM, then EMM.
_ESM = (33, 33, 29, 8, 8, 26, 31, 27, 38, 30)
_EMM = (8, 7, 3, 11, 15, 17, 17, 22, 14)
_PATHS = ("blackhole", "blackhole", "refuse", "dns_fail", "dns_silent", "captive", "mute_host")


def _no_coverage(stage, rng):
    return stage.operator.dim(-140)


def _lte_gone(stage, rng):
    return stage.operator.dim(-140, 7)


def _weak(stage, rng):
    return stage.operator.dim(-112 - rng.below(8), 7)


def _detach(stage, rng):
    stage.modem.radio.detached(0, rng.below(3) > 0)


def _end_context(stage, rng):
    stage.modem.radio.end_context(1)


def _reset(stage, rng):
    stage.modem.restart()


def _resets(stage, rng):
    for i in range(rng.between(2, 5)):
        stage.agenda.after(i * rng.between(12000, 40000), stage.modem.brown_out)


def _hang(stage, rng):
    stage.modem.hang()


def _lose_settings(stage, rng):
    stage.do({"do": "lose_settings"})


def _path(stage, rng):
    stage.operator.path = rng.pick(_PATHS)
    if rng.below(2):
        stage.modem.sockets.half_open()
    return lambda: setattr(stage.operator, "path", "ok")


def _half_open(stage, rng):
    stage.modem.sockets.half_open()


def _nat(stage, rng):
    stage.operator.nat_timeout_s = rng.between(30, 900)
    return lambda: setattr(stage.operator, "nat_timeout_s", 0)


def _mute(stage, rng):
    stage.operator.mute = True
    if rng.below(2):
        stage.modem.radio.detached(0)
    return lambda: setattr(stage.operator, "mute", False)


def _bar_data(stage, rng):
    back_off_s = rng.pick((0, 0, 0, 720, 1800))
    hidden, ends = rng.below(3) == 0, rng.below(4) > 0
    stage.operator.bar(Bar("data", rng.pick(_ESM), back_off_s, hidden, ends))
    return lambda: stage.operator.unbar("data")


def _bar_attach(stage, rng):
    hidden, ends = rng.below(3) == 0, rng.below(4) > 0
    stage.operator.bar(Bar("attach", rng.pick(_EMM), 0, hidden, ends))
    return lambda: stage.operator.unbar("attach")


def _bar_sms(stage, rng):
    stage.operator.bar(Bar("sms", rng.pick((8, 10, 38, 50))))
    return lambda: stage.operator.unbar("sms")


def _arrears(stage, rng):
    """Nobody paid: the operator writes, bars, and lifts the bar after the payment."""
    operator = stage.operator
    operator.account.arrears = Bar("data", rng.pick((33, 29, 8)), 0, rng.below(3) == 0)
    operator.account.restore_s = rng.between(0, 900)
    operator.set_balance(-rng.between(1, 900))
    return lambda: operator.top_up(rng.between(1000, 9000) - operator.account.balance_minor)


def _card_drops(stage, rng):
    told = rng.below(2) == 0
    stage.do({"do": "sim", "fault": "failed", "told": told, "noticed": told, "until_power": True})


def _card_out(stage, rng):
    stage.do({"do": "sim", "fault": "absent"})
    return lambda: stage.do({"do": "sim", "fault": ""})


def _wire(stage, rng):
    faults = stage.modem.faults
    faults.lose_out = rng.pick((0, 1, 3, 10))
    faults.lose_in = rng.pick((0, 0, 1, 3))
    faults.garbage = rng.pick((0, 10, 40))

    def quiet():
        faults.lose_out = faults.lose_in = faults.garbage = 0

    return quiet


def _slow(stage, rng):
    stage.modem.faults.slow_ms = rng.between(100, 2500)
    return lambda: setattr(stage.modem.faults, "slow_ms", 0)


def _text(stage, rng):
    stage.do({"do": "sms", "kind": rng.pick(("marketing", "bill", "low_notice", "fraud"))})


def _store_full(stage, rng):
    stage.modem.sms.fill()
    return stage.modem.sms.empty


def _data_mode(stage, rng):
    stage.modem.port.data_mode(rng.below(3))


def _stuck(stage, rng):
    stage.modem.radio.contexts.stuck = True
    stage.modem.radio.end_context(1)


# name: (weight, function, shortest and longest duration in seconds)
FAULTS = {
    "no_coverage": (5, _no_coverage, 20, 2 * _HOUR_S),
    "lte_gone": (3, _lte_gone, 60, 4 * _HOUR_S),
    "weak": (3, _weak, 60, _HOUR_S),
    "detach": (5, _detach, 0, 0),
    "end_context": (6, _end_context, 0, 0),
    "reset": (4, _reset, 0, 0),
    "resets": (1, _resets, 0, 0),
    "hang": (2, _hang, 0, 0),
    "lose_settings": (2, _lose_settings, 0, 0),
    "path": (6, _path, 30, 2 * _HOUR_S),
    "half_open": (3, _half_open, 0, 0),
    "nat": (1, _nat, 600, 6 * _HOUR_S),
    "mute": (3, _mute, 20, 1800),
    "bar_data": (4, _bar_data, 300, 6 * _HOUR_S),
    "bar_attach": (3, _bar_attach, 300, 4 * _HOUR_S),
    "bar_sms": (1, _bar_sms, 600, 6 * _HOUR_S),
    "arrears": (3, _arrears, 1800, 12 * _HOUR_S),
    "card_drops": (1, _card_drops, 0, 0),
    "card_out": (1, _card_out, 30, 1800),
    "wire": (4, _wire, 30, 1800),
    "slow": (2, _slow, 30, 900),
    "text": (3, _text, 0, 0),
    "store_full": (1, _store_full, _HOUR_S, 24 * _HOUR_S),
    "data_mode": (1, _data_mode, 0, 0),
    "stuck": (1, _stuck, 0, 0),
}


class Chaos:
    """Draws a fault after each random pause; several may last at once, each kind once."""

    def __init__(self, stage, rng, gap_s=5400, kinds=None):
        self.stage = stage
        self.agenda = stage.agenda
        self.rng = rng.fork("chaos")
        self.gap_s = gap_s
        # Sorted: the order must not depend on a dict.
        self.kinds = sorted(kinds or FAULTS)
        self.total = sum([FAULTS[k][0] for k in self.kinds])
        self.lasting = {}  # kind: function that ends it
        self.count = 0
        self.running = False

    def start(self):
        self.running = True
        self._plan()

    def _plan(self):
        self.agenda.after(self.rng.between(60, 2 * self.gap_s) * 1000, self._strike)

    def _strike(self):
        if not self.running:
            return
        draw = self.rng.below(self.total)
        for kind in self.kinds:
            draw -= FAULTS[kind][0]
            if draw < 0:
                break
        self.strike(kind)
        self._plan()

    def strike(self, kind):
        """Let one fault happen now, unless one of its kind lasts."""
        _, begin, shortest_s, longest_s = FAULTS[kind]
        if kind in self.lasting:
            return
        self.stage.operator.note("fault", kind)
        self.count += 1
        end = begin(self.stage, self.rng)
        if end is not None:
            self.lasting[kind] = end
            # Short ones are the rule: the square of a fraction.
            part = self.rng.below(1000) * self.rng.below(1000)
            span_ms = shortest_s * 1000 + (longest_s - shortest_s) * part // 1000
            self.agenda.after(span_ms, self._end, kind, end)

    def _end(self, kind, end):
        if self.lasting.get(kind) is end:
            self.lasting.pop(kind)
            end()
            self.stage.operator.note("fault_over", kind)

    def stop(self):
        """No more faults; those that last end now."""
        self.running = False
        for kind in sorted(self.lasting):
            self._end(kind, self.lasting[kind])
        self.stage.operator.note("chaos_over", self.count)
