"""The actions of a timeline, by name. Each takes the stage and the timeline's entry."""

from ..network import texts
from ..network.operator import bar_of

_RATS = {"gsm": 0, "utran": 2, "lte": 7}
_FADE_STEP_S = 5


def _balance(stage, item):
    stage.operator.set_balance(item["minor"])


def _consume(stage, item):
    stage.operator.consume(item["minor"])


def _top_up(stage, item):
    stage.operator.top_up(item["minor"])


def _bar(stage, item):
    stage.operator.bar(bar_of(item))


def _unbar(stage, item):
    stage.operator.unbar(item.get("layer"))


def _cover(stage, item):
    stage.operator.cover(_RATS[item.get("rat", "lte")], item["dbm"])


def _fade(stage, item):
    """The level goes to `dbm` within `for_s`, with a wobble of 3 dB on the way."""
    operator, act = stage.operator, _RATS[item.get("rat", "lte")]
    cells = [cell.dbm for cell in operator.cells if cell.act == act]
    start, end = cells[0] if cells else -140, item["dbm"]
    steps = max(1, int(item["for_s"]) // _FADE_STEP_S)
    for i in range(1, steps + 1):
        dbm = start + (end - start) * i // steps
        if i < steps:
            dbm += stage.rng.between(-3, 3)
        stage.agenda.after(i * _FADE_STEP_S * 1000, operator.cover, act, dbm)


def _no_coverage(stage, item):
    for cell in stage.operator.cells:
        stage.operator.cover(cell.act, -140)


def _cell_barred(stage, item):
    for cell in stage.operator.cells:
        if cell.act == _RATS[item.get("rat", "lte")]:
            cell.barred = item.get("on", True)
    stage.modem.radio.coverage_changed()


def _mute(stage, item):
    stage.operator.mute = item.get("on", True)


def _path(stage, item):
    stage.operator.path = item["mode"]


def _network(stage, item):
    """Any setting of the operator, by its name."""
    for name in (
        "nat_timeout_s",
        "rtt_ms",
        "refused_apns",
        "roaming",
        "nitz",
        "ussd_answer",
        "certificate",
    ):
        if name in item:
            setattr(stage.operator, name, item[name])


def _smsc(stage, item):
    for name in sorted(item):
        if name not in ("do", "at_s", "after", "delay_s", "every_s"):
            setattr(stage.operator.smsc, name, item[name])


def _detach(stage, item):
    stage.modem.radio.detached(item.get("cause", 0), item.get("again", True))


def _end_context(stage, item):
    stage.modem.radio.end_context(item.get("cid", 1))


def _lose_context_silently(stage, item):
    """The session is gone in the network; the modem still shows its address."""
    stage.modem.sockets.half_open()
    stage.operator.path = "blackhole"


def _half_open(stage, item):
    stage.modem.sockets.half_open()


def _reset(stage, item):
    stage.operator.note("fault", "reset")
    stage.modem.restart()


def _brown_out(stage, item):
    stage.operator.note("fault", "brown_out")
    stage.modem.brown_out()


def _hang(stage, item):
    """At once, or at the next command that has this in it."""
    if item.get("on"):
        stage.modem.faults.hang_on = item["on"]
    else:
        stage.modem.hang()


def _wire(stage, item):
    """Faults of the serial line: settings of Faults."""
    noise = ("lose_out", "lose_in", "flip_out", "flip_in", "garbage")
    for name in noise + ("slow_ms", "mute_urcs", "agent_deaf", "baud"):
        if name in item:
            setattr(stage.modem.faults, name, item[name])


def _quirk(stage, item):
    """Change what the module's firmware does (a profile option) from now on."""
    for name in item["set"]:
        value = item["set"][name]
        stage.modem.profile[name] = value
        if hasattr(stage.modem.radio, name):
            setattr(stage.modem.radio, name, value)


def _sim(stage, item):
    """The card fails electrically, is pulled out, or works again (fault "")."""
    modem = stage.modem
    gone = ("failed", "absent")
    if item.get("fault") in gone and modem.sim.fault not in gone:
        stage.operator.note("card_lost")
    modem.sim.fault = item.get("fault", "")
    modem.sim.fault_until_power = item.get("until_power", False)
    if item.get("told", True):
        if modem.sim.ready():
            modem.port.urc("+CPIN: READY")
        else:
            modem.port.urc("+CPIN: NOT READY")
    if item.get("noticed", True):
        modem.radio.sim_changed()


def _sim_swap(stage, item):
    modem = stage.modem
    stage.operator.note("sim_swap", item["iccid"])
    modem.sim.iccid = item["iccid"]
    modem.sim.imsi = item.get("imsi", modem.sim.imsi)
    modem.sim.verified = False
    modem.port.urc("+CPIN: READY")
    modem.radio.attached = False
    modem.radio.sim_changed()


def _sms(stage, item):
    """A text of the operator's own accord: text, or one of texts.py by kind."""
    if "text" in item:
        text = item["text"]
    else:
        text = getattr(texts, item["kind"].upper())
    if item.get("number"):
        stage.operator.smsc.send(item["number"], text)
    else:
        stage.operator.sms_service(text)


def _fill_sms(stage, item):
    stage.modem.sms.fill()


def _data_mode(stage, item):
    """The port is left in data mode, as after a dial-up session without an end. deaf: so many
    times +++ is not heard.
    """
    stage.modem.port.data_mode(item.get("deaf", 0))


def _stick(stage, item):
    """Activations fail in the module, without the network, until it restarts."""
    stage.modem.radio.contexts.stuck = item.get("on", True)


def _line(stage, item):
    """The module says a line by itself."""
    stage.modem.port.urc(item["text"])


def _shut_down(stage, item):
    """The module switches itself off, with its last `words` or without; it takes no pulse for so
    long (a hot one, a latched supply): cools_s.
    """
    modem = stage.modem
    stage.operator.note("fault", "shut_down")
    modem.rests_until_ms = stage.agenda.now_ms + 1000 * item.get("cools_s", 0)
    modem.shut_down(item.get("words", ""), 40)


def _lose_settings(stage, item):
    """A restart that nobody saw: echo is back, what was set is gone, no boot line is written."""
    modem = stage.modem
    modem.port.reset()
    modem.cmee = modem.profile["cmee"]
    modem.settings = dict(modem.profile["settings"])


def _for_shell(stage, item):
    stage.shell(item)


ACTIONS = {
    "balance": _balance,
    "consume": _consume,
    "top_up": _top_up,
    "bar": _bar,
    "unbar": _unbar,
    "cover": _cover,
    "fade": _fade,
    "no_coverage": _no_coverage,
    "cell_barred": _cell_barred,
    "mute": _mute,
    "path": _path,
    "network": _network,
    "smsc": _smsc,
    "detach": _detach,
    "end_context": _end_context,
    "lose_context_silently": _lose_context_silently,
    "half_open": _half_open,
    "reset": _reset,
    "brown_out": _brown_out,
    "hang": _hang,
    "wire": _wire,
    "quirk": _quirk,
    "sim": _sim,
    "sim_swap": _sim_swap,
    "sms": _sms,
    "fill_sms": _fill_sms,
    "data_mode": _data_mode,
    "stick": _stick,
    "lose_settings": _lose_settings,
    "line": _line,
    "shut_down": _shut_down,
    # Done by a shell: the payment application, the acquirer, the agent's supply, the host tool.
    "submit": _for_shell,
    "acquirer": _for_shell,
    "agent_power_cut": _for_shell,
    "host": _for_shell,
}
