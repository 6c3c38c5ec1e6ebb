"""Registration, signal and operator selection (TS 27.007 cl. 7 and 8, 10.1.20, 10.1.22)."""

from ..network.operator import GSM, LTE
from ..network.radio import CS, EPS, PS
from .commands_basic import number
from .results import LATER, OK, cme

_NAMES = ("+CREG", "+CGREG", "+CEREG")


def _place(m, domain):
    """Area and cell as the domain shows them, "" where none is camped on."""
    cell = m.radio.cell
    if cell is None or m.radio.stat[domain] not in (1, 3, 5, 6, 7, 8):
        return ""
    ident = "%04X" if cell.act == GSM else "%07X"
    return ',"%04X","%s",%d' % (cell.area, ident % cell.ident, cell.act)


def registration_text(m, domain, mode):
    """stat and what the mode adds, as URC and read form share it."""
    stat = m.radio.stat[domain]
    text = "%d" % stat
    if mode >= 2:
        place = _place(m, domain)
        text += place
        cause = m.radio.cause[domain]
        if mode in (3, 5) and cause and stat not in (1, 5):
            text += ("" if place else ",,,") + ",0,%d" % cause
    return text


def registration_urc(m, domain):
    mode = m.settings[_NAMES[domain][1:].lower()]
    if mode:
        m.port.urc("%s: %s" % (_NAMES[domain], registration_text(m, domain, mode)))


def _registration(domain):
    key = _NAMES[domain][1:].lower()

    def handler(m, op, args):
        top = m.profile["registration_modes"][domain]
        if op == "?":
            mode = m.settings[key]
            m.port.info("%s: %d,%s" % (_NAMES[domain], mode, registration_text(m, domain, mode)))
        elif op == "=?":
            m.port.info("%s: (0-%d)" % (_NAMES[domain], top))
        else:
            mode = number(args, 0, 0)
            if not 0 <= mode <= top:
                return cme(50)
            m.settings[key] = mode
        return OK

    return handler


def rssi_index(m):
    """+CSQ's rssi: on LTE the RSSI lies some 25 dB above RSRP (cl. 8.5)."""
    dbm = m.radio.dbm()
    if dbm is None:
        return 99
    cell = m.radio.cell
    if cell is None or cell.act == LTE:
        dbm += 27
    return max(0, min(31, (dbm + 113) // 2))


def signal(m, op, args):
    if op == "=?":
        m.port.info("+CSQ: (0-31,99),(0-7,99)")
        return OK
    m.port.info("+CSQ: %d,%d" % (rssi_index(m), 99))
    return OK


def extended_signal(m, op, args):
    dbm = m.radio.dbm()
    cell = m.radio.cell
    if dbm is None:
        m.port.info("+CESQ: 99,99,255,255,255,255")
    elif cell is not None and cell.act == GSM:
        m.port.info("+CESQ: %d,99,255,255,255,255" % max(0, min(63, dbm + 111)))
    else:
        rsrp = max(0, min(97, dbm + 141))
        m.port.info("+CESQ: 99,99,255,255,%d,%d" % (max(0, min(34, (dbm + 125) // 2)), rsrp))
    return OK


def operator_selection(m, op, args):
    """+COPS (cl. 7.3): read; list all networks; format (3), leave (2), choose by itself (0) or by
    hand (1, 4). A choice ends when the search does; what is there already is not searched for.
    """
    radio, operator = m.radio, m.operator
    if op == "?":
        mode = 2 if radio.manual_off else 1 if radio.manual_act is not None else 0
        if not radio.registered() or radio.cell is None:
            m.port.info("+COPS: %d" % mode)
        else:
            form = m.settings["cops_format"]
            name = (operator.name, operator.short, operator.plmn)[form]
            if m.settings["cscs"] == "UCS2" and form < 2:  # as all texts are shown then
                name = "".join(["%04X" % ord(c) for c in name])
            m.port.info('+COPS: %d,%d,"%s",%d' % (mode, form, name, radio.cell.act))
        return OK
    if op == "=?":
        m.later(m.rng.between(18000, 55000), _scanned, m)
        operator.note("scan")
        return LATER
    mode = number(args, 0, 0)
    if mode == 3:
        m.settings["cops_format"] = number(args, 1, 0)
        return OK
    if mode == 2:
        radio.deregister()
        return OK
    if mode not in (0, 1, 4):
        return cme(50)
    if m.sim_error():
        return cme(m.sim_error())
    by_hand = mode in (1, 4) and len(args) > 3
    if mode == 0 and radio.attached and (radio.manual_act is not None or radio.fell_back):
        # What is there already is not searched for.
        radio.manual_act, radio.fell_back = None, False
        return OK
    slow = by_hand and radio.slow()
    if slow or not radio.attached or not operator.roaming:
        operator.note("reselect", ("slow" if slow else "registered") if radio.attached else None)
    radio.manual_act = number(args, 3) if by_hand else None
    radio.fell_back = False
    radio.reselect()
    m.later(m.rng.between(300, 2000), _selected, m, 60)
    return LATER


def _selected(m, tries):
    """The command ends when the search does: registered, refused, or after its own limit."""
    if tries == 50 and m.radio.manual_act is not None and not m.radio.registered():
        m.radio.manual_act = None  # mode 4: nothing there, so automatic again
        m.radio.fell_back = True
        m.radio.reselect()
    if m.radio.registered() or tries == 0 or m.radio.stat[EPS] != 2:
        m.finish(OK if m.radio.registered() else cme(30))
    else:
        m.later(1000, _selected, m, tries - 1)


def _scanned(m):
    operator = m.operator
    cells = [c for c in operator.cells if operator.cell(c.act) is c]
    status = 2 if m.radio.registered() else 1
    if m.radio.silent == "permanent":
        status = 3
    found = [
        '(%d,"%s","%s","%s",%d)' % (status, operator.name, operator.short, operator.plmn, c.act)
        for c in cells
    ]
    m.port.info("+COPS: " + ",".join(found + ["", "(0,1,2,3,4)", "(0,1,2)"]))
    m.finish(OK)


def last_error(m, op, args):
    """+CEER: words, numbers or nothing, by firmware."""
    esm, emm = m.radio.contexts.last_cause, m.radio.cause[EPS]
    form = m.profile.get("ceer", "fields")
    if form == "none":
        m.port.info("+CEER: No cause information available")
    elif form == "three":
        texts = (
            ("EMM attach reject", emm, "Refused by the network")
            if emm
            else ("No report", 0, "No cause")
        )
        m.port.info('+CEER: "%s",%d,"%s"' % texts)
    elif form == "fields":
        kind, cause = (5, esm) if esm else (2, emm)
        m.port.info("+CEER: %d,%d" % (kind if cause else 0, cause))
    elif esm:
        m.port.info("+CEER: ESM cause %d" % esm)
    elif emm:
        m.port.info("+CEER: EMM cause %d" % emm)
    else:
        m.port.info("+CEER: No report available")
    return OK


COMMANDS = {
    "+CREG": _registration(CS),
    "+CGREG": _registration(PS),
    "+CEREG": _registration(EPS),
    "+CSQ": signal,
    "+CESQ": extended_signal,
    "+COPS": operator_selection,
    "+CEER": last_error,
}
