"""Quectel EC2x, EC200x, EG91x, EC800x: 27.007 with this vendor's own commands."""

from ..calendar import civil
from ..network.operator import LTE
from . import commands_card, quectel_sockets, quectel_tls, standard
from .commands_basic import accept, number, power_off
from .profile import commands, profile
from .results import ERROR, OK
from .sim import CME_BUSY


def serving_cell(m, op, args):
    if op != "=" or not args or args[0].lower() != "servingcell":
        return ERROR
    radio = m.radio
    cell = radio.cell
    if radio.fun != 1 or cell is None or radio.dbm() is None:
        m.port.info('+QENG: "servingcell","SEARCH"')
        return OK
    if not radio.registered():
        state = "LIMSRV"
    else:
        state = "CONNECT" if m.sockets.slots else "NOCONN"
    mcc, mnc = m.operator.plmn[:3], m.operator.plmn[3:]
    if cell.act == LTE:
        m.port.info(
            '+QENG: "servingcell","%s","LTE","FDD",%s,%s,%X,87,38400,39,5,5,%X,%d,-13,%d,-4,46'
            % (state, mcc, mnc, cell.ident, cell.area, cell.dbm, cell.dbm + 27)
        )
    else:
        rest = '0,255,255,0,38,38,1,-,-,-,-,-,-,-,-,-,"-"'
        m.port.info(
            '+QENG: "servingcell","%s","GSM",%s,%s,%X,%X,42,81,0,%d,%s'
            % (state, mcc, mnc, cell.area, cell.ident, cell.dbm, rest)
        )
    return OK


def network_info(m, op, args):
    cell = m.radio.cell
    if not m.radio.registered() or cell is None:
        m.port.info("+QNWINFO: No Service")
    elif cell.act == LTE:
        m.port.info('+QNWINFO: "FDD LTE",%s,"LTE BAND 3",1650' % m.operator.plmn)
    else:
        m.port.info('+QNWINFO: "EDGE",%s,"GSM 900",81' % m.operator.plmn)
    return OK


def signal_detail(m, op, args):
    dbm = m.radio.dbm()
    if dbm is None:
        m.port.info('+QCSQ: "NOSERVICE"')
    elif m.radio.cell is not None and m.radio.cell.act != LTE:
        m.port.info('+QCSQ: "GSM",%d' % dbm)
    else:
        m.port.info('+QCSQ: "LTE",%d,%d,117,-13' % (dbm + 27, dbm))
    return OK


def operator_names(m, op, args):
    o = m.operator
    m.port.info('+QSPN: "%s","%s","",0,"%s"' % (o.name, o.short, o.plmn))
    return OK


def network_time(m, op, args):
    if m.clock_offset_s is None:
        m.port.info('+QLTS: ""')
    else:
        local = m.clock_offset_s + m.agenda.now_ms // 1000
        if number(args, 0, 0) == 2:
            local += m.zone_quarters * 900
        m.port.info(
            '+QLTS: "%d/%02d/%02d,%02d:%02d:%02d%s,0"'
            % (civil(local) + ("%+03d" % m.zone_quarters,))
        )
    return OK


def data_counter(m, op, args):
    if op == "?":
        m.port.info("+QGDCNT: %d,%d" % m.sockets.totals())
    return OK


def sim_inserted(m, op, args):
    if op == "?":
        if m.profile.get("tray_switch"):  # what lies in the tray, whether or not it answers
            there = 0 if m.sim.fault == "absent" else 1
        else:
            there = 0 if m.sim.state() in (10, 13) else 1
        m.port.info("+QSIMSTAT: 1,%d" % there)
    return OK


def sim_detection(m, op, args):
    if op == "?":
        m.port.info("+QSIMDET: %d,0" % (1 if m.profile.get("tray_switch") else 0))
    return OK


def network_configuration(m, op, args):
    """+QNWCFG="backoff": seconds of T3396 left (BG9x firmware)."""
    if args and args[0].lower() == "backoff" and m.profile.get("qnwcfg"):
        context = m.radio.contexts.get(1)
        m.port.info('+QNWCFG: "backoff",%d' % m.radio.contexts.waiting_s(context.apn))
        return OK
    return ERROR


def configuration(m, op, args):
    """+QCFG: settings are taken; of what can be read only "emmcause" is known, where it is."""
    if args == ["emmcause"]:
        if not m.profile.get("emmcause"):
            return ERROR
        m.port.info('+QCFG: "emmcause",%d' % m.radio.cause[2])
    return OK


def sim_init(m, op, args):
    """+QINISTAT: SIM initialisation bits; 7 means all of it is done."""
    busy = m.sim.state() == CME_BUSY or not m.sim.ready()
    m.port.info("+QINISTAT: %d" % (0 if busy else 7))
    return OK


PROFILE = profile(
    {
        "manufacturer": "Quectel",
        "model": "EC25",
        "revision": "EC25EFAR06A11M4G",
        "ati": ("Quectel", "EC25", "Revision: EC25EFAR06A11M4G"),
        "imei": "861585041234567",
        "iccid_prefix": "+QCCID: ",
        "cmee": 1,
        "socket_data": quectel_sockets.on_data,
        "socket_closed": quectel_sockets.on_closed,
        "context_gone": quectel_sockets.on_context_gone,
        # Milliseconds after power; "ready" opens the port, "radio" searches, "sim" tells +CPIN.
        "boot": (
            (6500, "ready"),
            (6500, "RDY"),
            (6900, "+CFUN: 1"),
            (7100, "radio"),
            (7400, "sim"),
            (7500, "+QUSIM: 1"),
            (12100, "+QIND: SMS DONE"),
            (13300, "+QIND: PB DONE"),
        ),
    }
)

COMMANDS = commands(
    standard.COMMANDS,
    quectel_sockets.COMMANDS,
    quectel_tls.COMMANDS,
    {
        "+QCCID": commands_card.iccid,
        "+QDSIM": commands_card.slot_command("+QDSIM: %d", 0),
        "+QENG": serving_cell,
        "+QNWINFO": network_info,
        "+QCSQ": signal_detail,
        "+QSPN": operator_names,
        "+QPOWD": power_off("POWERED DOWN"),
        "+QLTS": network_time,
        "+QGDCNT": data_counter,
        "+QSIMSTAT": sim_inserted,
        "+QSIMDET": sim_detection,
        "+QNWCFG": network_configuration,
        "+QINISTAT": sim_init,
        "+QCFG": configuration,
        "+QURCCFG": accept,
        "+QSCLK": accept,
        "+CSCLK": accept,
        "+QINDCFG": accept,
        "+QICFG": accept,
    },
)
