"""SIMCom SIM7600 and A76xx: 27.007 with this vendor's own commands."""

from ..network.operator import GSM, LTE, UTRAN
from . import commands_card, simcom_sockets, simcom_tls, standard
from .commands_basic import accept, number, power_off, reset_command
from .profile import commands, profile
from .results import OK


def serving_cell(m, op, args):
    """+CPSI: levels in tenths of dB on some firmware, as indexes of +CESQ on other."""
    radio = m.radio
    cell = radio.cell
    state = "Online" if radio.fun == 1 else "Low Power Mode"
    if radio.fun != 1 or cell is None or radio.dbm() is None or not radio.registered():
        m.port.info("+CPSI: NO SERVICE,%s" % state)
        return OK
    place = "%s,%s-%s" % (state, m.operator.plmn[:3], m.operator.plmn[3:])
    if cell.act == LTE:
        if m.profile.get("cpsi_indexes"):
            levels = "5,0,12,%d,42,5" % max(0, min(97, cell.dbm + 141))
        else:
            levels = "3,3,-92,%d,%d,14" % (cell.dbm * 10, (cell.dbm + 25) * 10)
        m.port.info(
            "+CPSI: LTE,%s,0x%04X,%d,203,EUTRAN-BAND8,3740,%s"
            % (place, cell.area, cell.ident, levels)
        )
    else:
        m.port.info(
            "+CPSI: GSM,%s,0x%04x,%d,27 EGSM 900,%d,0,38-38"
            % (place, cell.area, cell.ident, cell.dbm)
        )
    return OK


def system_mode(m, op, args):
    if op == "=":
        m.settings["cnsmod"] = number(args, 0, 0)
        return OK
    shown = 0
    if m.radio.registered() and m.radio.cell is not None:
        shown = {GSM: 1, UTRAN: 4, LTE: 8}[m.radio.cell.act]
    m.port.info("+CNSMOD: %d,%d" % (m.settings.get("cnsmod", 0), shown))
    return OK


def preferred_mode(m, op, args):
    if op == "?":
        m.port.info("+CNMP: 2")
    return OK


PROFILE = profile(
    {
        "manufacturer": "SIMCOM INCORPORATED",
        "model": "A7670C-LASL",
        "revision": "+CGMR: A011B07A7670M6C",
        "ati": (
            "Manufacturer: INCORPORATED",
            "Model: A7670C-LASL",
            "Revision: A011B07A7670M6C",
            "IMEI: 862636050012345",
        ),
        "imei": "862636050012345",
        "iccid_prefix": "+ICCID: ",  # asked for with +CICCID
        "cmee": 2,
        "sms_memory": "SM",
        "sms_size": 50,
        "answer_ms": (6, 60),
        "quoted_address": False,
        "power_off_ms": 2500,
        "socket_cid": 1,  # the context that NETOPEN takes
        "socket_data": simcom_sockets.on_data,
        "socket_closed": simcom_sockets.on_closed,
        "context_gone": simcom_sockets.on_context_gone,
        "boot": (
            (7800, "ready"),
            (7800, "*ATREADY: 1"),
            (8300, "radio"),
            (8600, "sim"),
            (11500, "SMS DONE"),
            (12600, "PB DONE"),
        ),
    }
)

COMMANDS = commands(
    standard.COMMANDS,
    simcom_sockets.COMMANDS,
    simcom_tls.COMMANDS,
    {
        "+CICCID": commands_card.iccid,
        "+SMSIMCFG": commands_card.slot_command("+SMSIMCFG: 1,%d", 1),
        "+CPSI": serving_cell,
        "+CNSMOD": system_mode,
        "+CNMP": preferred_mode,
        "+CRESET": reset_command,
        "+CPOF": power_off("NORMAL POWER DOWN"),
        "+CSCLK": accept,
        "+AUTOCSQ": accept,
        "+CATR": accept,
        "+CURCD": accept,
        "+UIMHOTSWAPON": accept,
        "+CGSMS": accept,
        "+IPREX": accept,
    },
)
