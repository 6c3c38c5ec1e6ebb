"""Troubles between a modem and its acquirer, one function each: begin(stage, rng) lets it
happen and returns what ends it, None where it is over at once or the terminal's own to cure.
"""

from ..network.account import Bar

_HOUR_S = 3600

# Causes as networks send them, the common ones more often; ESM, then EMM. Any other is drawn too.
_ESM = (33, 33, 29, 8, 8, 26, 31, 27, 38, 30)
_EMM = (8, 7, 3, 11, 15, 17, 17, 22, 14)
_RARE_ESM = (25, 28, 32, 34, 35, 36, 37, 39, 40, 50, 51, 53, 54, 65, 66, 96, 111)
_RARE_EMM = (2, 5, 6, 9, 10, 12, 13, 16, 18, 19, 25, 31, 35, 38, 39, 42)
_STEP_S = 15
_HANGS = ("+CFUN=0", "+CFUN=1", "+CGATT=", "+COPS=", "+CGDCONT=", "REG?", "+CMG", "SEND", "OPEN")
_PATHS = ("blackhole", "blackhole", "refuse", "dns_fail", "dns_silent", "captive", "mute_host")


def _no_coverage(stage, rng):
    return stage.operator.dim(-140)


def _lte_gone(stage, rng):
    return stage.operator.dim(-140, 7)


def _weak(stage, rng):
    return stage.operator.dim(-112 - rng.below(8), 7)


def _fade(stage, rng):
    """The level falls step by step, with a wobble, stays low and comes back as slowly."""
    operator = stage.operator
    depth_db = rng.between(32, 60)
    steps = rng.between(3, 40)
    state = [None, 0, 1]  # what ends the present shade, how far it fell, which way it goes

    def step():
        lighter = state[0]
        state[1] += state[2]
        at = state[1]
        state[0] = None
        if at > 0:
            state[0] = operator.dim(rng.between(-83, -77) - depth_db * at // steps)
        if lighter is not None:
            lighter()
        if 0 < at < steps or (at == steps and state[2] < 0):
            stage.agenda.after(_STEP_S * 1000, step)

    def over():
        state[2] = -1
        if state[1] == steps:
            step()

    step()
    return over


def _cell_barred(stage, rng):
    cells = [cell for cell in stage.operator.cells if cell.act == 7 or rng.below(3) == 0]

    def bars(on):
        for cell in cells:
            cell.barred = on
        stage.modem.radio.coverage_changed()

    bars(True)
    return lambda: bars(False)


def _detach(stage, rng):
    stage.modem.radio.detached(0, rng.below(3) > 0)


def _end_context(stage, rng):
    stage.modem.radio.end_context(1)


def _reset(stage, rng):
    stage.modem.restart()


def _resets(stage, rng):
    for i in range(rng.between(2, 5)):
        stage.agenda.after(i * rng.between(12000, 40000), stage.modem.brown_out)


def _sags(stage, rng):
    """The supply dips whenever the transmitter works hard, every other time."""
    operator = stage.operator

    def hear(kind):
        if kind in ("tcp_sent", "sms_out") and rng.below(2):
            stage.agenda.after(rng.between(5, 900), stage.modem.brown_out)

    operator.ears.append(hear)
    return lambda: operator.ears.remove(hear)


def _hang(stage, rng):
    """At once, or at a command that comes later."""
    way = rng.below(3)
    if way == 0:
        stage.modem.hang()
    elif way == 1:
        stage.modem.faults.hang_after = stage.modem.commands_seen + rng.between(1, 40)
    else:
        stage.modem.faults.hang_on = rng.pick(_HANGS)


def _deaf(stage, rng):
    """The microcontroller's serial input sticks until the agent restarts, which it may do twice a
    day: the next one comes later than that.
    """
    stage.modem.faults.agent_deaf = True
    return _nothing


def _nothing():
    """The end of a trouble that is over by itself, or by the terminal's own hand."""


def _lose_settings(stage, rng):
    stage.do({"do": "lose_settings"})


def _path(stage, rng):
    stage.operator.path = rng.pick(_PATHS)
    if rng.below(2):
        stage.modem.sockets.half_open()
    return lambda: setattr(stage.operator, "path", "ok")


def _half_open(stage, rng):
    stage.modem.sockets.half_open()


def _gone_quietly(stage, rng):
    """The network has lost the session and says nothing: the module still shows its address."""
    operator = stage.operator
    operator.path = "blackhole"
    stage.modem.sockets.half_open()

    def over():
        if hear in operator.ears:
            operator.ears.remove(hear)
            operator.path = "ok"

    def hear(kind):
        if kind in ("activate", "bearer") and operator.notes[-1][2] == 0:
            over()

    operator.ears.append(hear)
    return over


def _nat(stage, rng):
    stage.operator.nat_timeout_s = rng.between(30, 900)
    return lambda: setattr(stage.operator, "nat_timeout_s", 0)


def _mute(stage, rng):
    stage.operator.mute = True
    if rng.below(2):
        stage.modem.radio.detached(0)
    return lambda: setattr(stage.operator, "mute", False)


def _bar_data(stage, rng):
    back_off_s = rng.pick((0, 0, 0, 720, 1800, -1))
    hidden, ends = rng.below(3) == 0, rng.below(4) > 0
    cause = rng.pick(_ESM if rng.below(3) else _RARE_ESM)
    if back_off_s < 0:
        cause = 33  # "deactivated" comes with what the subscription has not
    stage.operator.bar(Bar("data", cause, back_off_s, hidden, ends))
    return lambda: stage.operator.unbar("data")


def _bar_attach(stage, rng):
    hidden, ends = rng.below(3) == 0, rng.below(4) > 0
    cause = rng.pick(_EMM if rng.below(3) else _RARE_EMM)
    back_off_s = rng.pick((0, 300, 1500)) if cause == 22 else 0
    stage.operator.bar(Bar("attach", cause, back_off_s, hidden, ends))
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


def _card_busy(stage, rng):
    stage.do({"do": "sim", "fault": "busy", "told": False, "noticed": rng.below(2) == 0})
    return lambda: stage.do({"do": "sim", "fault": ""})


def _other_card(stage, rng):
    number = rng.below(1000000)
    stage.do(
        {
            "do": "sim_swap",
            "iccid": "8986001234567%06d" % number,
            "imsi": "460001234%06d" % number,
        }
    )


def _wire(stage, rng):
    faults = stage.modem.faults
    faults.mute_urcs = rng.below(3) == 0
    faults.lose_out = rng.pick((0, 1, 3, 10))
    faults.lose_in = rng.pick((0, 0, 1, 3))
    faults.garbage = rng.pick((0, 10, 40))
    # Not drawn for itself: the rest of a run of a seed stays what it was.
    faults.flip_out = faults.garbage // 40
    faults.flip_in = faults.lose_out // 10

    def quiet():
        faults.lose_out = faults.lose_in = faults.garbage = 0
        faults.flip_out = faults.flip_in = 0
        faults.mute_urcs = False

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
    "fade": (3, _fade, 120, 2 * _HOUR_S),
    "cell_barred": (3, _cell_barred, 60, 3 * _HOUR_S),
    "detach": (5, _detach, 0, 0),
    "end_context": (6, _end_context, 0, 0),
    "reset": (4, _reset, 0, 0),
    "resets": (1, _resets, 0, 0),
    "sags": (2, _sags, 60, 1800),
    "hang": (3, _hang, 0, 0),
    "deaf": (1, _deaf, 14 * _HOUR_S, 14 * _HOUR_S),
    "lose_settings": (2, _lose_settings, 0, 0),
    "path": (6, _path, 30, 2 * _HOUR_S),
    "half_open": (3, _half_open, 0, 0),
    "gone_quietly": (2, _gone_quietly, 2 * _HOUR_S, 2 * _HOUR_S),
    "nat": (2, _nat, 600, 6 * _HOUR_S),
    "mute": (3, _mute, 20, 1800),
    "bar_data": (4, _bar_data, 300, 6 * _HOUR_S),
    "bar_attach": (3, _bar_attach, 300, 4 * _HOUR_S),
    "bar_sms": (1, _bar_sms, 600, 6 * _HOUR_S),
    "arrears": (3, _arrears, 1800, 12 * _HOUR_S),
    "card_drops": (1, _card_drops, 0, 0),
    "card_out": (1, _card_out, 30, 1800),
    "card_busy": (1, _card_busy, 20, 900),
    "other_card": (1, _other_card, 0, 0),
    "wire": (4, _wire, 30, 1800),
    "slow": (2, _slow, 30, 900),
    "text": (3, _text, 0, 0),
    "store_full": (1, _store_full, _HOUR_S, 24 * _HOUR_S),
    "data_mode": (1, _data_mode, 0, 0),
    "stuck": (1, _stuck, 0, 0),
}
