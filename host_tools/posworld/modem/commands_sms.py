"""Short messages (TS 27.005) and USSD (TS 27.007 cl. 7.15)."""

from ..network import texts
from . import pdu
from .charset import from_te, hexed, pack, septets, to_te, ucs2, unhexed
from .commands_basic import number
from .results import LATER, OK, cme, cms


def _not_ready(m):
    """A CMS result where the card cannot be used."""
    error = m.sim_error()
    return cms(300 + error) if error else None


def mode(m, op, args):
    if op == "?":
        m.port.info("+CMGF: %d" % m.settings["cmgf"])
    elif op == "=?":
        m.port.info("+CMGF: (0,1)")
    elif number(args, 0, 0) not in (0, 1):
        return cms(305)
    else:
        m.settings["cmgf"] = number(args, 0, 0)
    return OK


def character_set(m, op, args):
    known = m.profile["character_sets"]
    if op == "?":
        m.port.info('+CSCS: "%s"' % m.settings["cscs"])
    elif op == "=?":
        m.port.info("+CSCS: (%s)" % ",".join(['"%s"' % k for k in known]))
    elif not args or args[0].upper() not in known:
        return cme(50)
    else:
        m.settings["cscs"] = args[0].upper()
    return OK


def text_parameters(m, op, args):
    if op == "?":
        m.port.info("+CSMP: %s" % m.settings["csmp"])
    elif op == "=":
        m.settings["csmp"] = ",".join(args)
    return OK


def show_header(m, op, args):
    if op == "?":
        m.port.info("+CSDH: %d" % m.settings["csdh"])
    elif op == "=":
        m.settings["csdh"] = number(args, 0, 0)
    return OK


def centre(m, op, args):
    if _not_ready(m):
        return _not_ready(m)
    if op == "?":
        m.port.info('+CSCA: "%s",145' % to_te(m.operator.smsc.number, m.settings["cscs"]))
    return OK


def storage(m, op, args):
    if _not_ready(m):
        return _not_ready(m)
    store = m.sms
    if op == "=?":
        m.port.info("+CPMS: " + ",".join(['("SM","ME","MT")'] * 3))
        return OK
    if op == "=":
        chosen = [("ME" if a == "MT" else a) for a in args]
        for name in chosen:
            if name not in store.memories:
                return cms(302)
        store.memory = store.memories[chosen[0]]
        if len(chosen) > 2:
            store.inbox = store.memories[chosen[2]]
    shown = []
    for memory in (store.memory, store.memory, store.inbox):
        used = "%d,%d" % (len(memory.slots), memory.size)
        shown.append('"%s",%s' % (memory.name, used) if op == "?" else used)
    m.port.info("+CPMS: " + ",".join(shown))
    return OK


def indication(m, op, args):
    if op == "?":
        m.port.info("+CNMI: " + ",".join([str(v) for v in m.settings["cnmi"]]))
    elif op == "=?":
        m.port.info("+CNMI: (0-2),(0-3),(0,2),(0,1),(0,1)")
    else:
        values = [number(args, i, 0) for i in range(5)]
        if values[0] not in (0, 1, 2, 3) or values[1] not in (0, 1, 2, 3):
            return cms(303)
        m.settings["cnmi"] = tuple(values)
    return OK


def read(m, op, args):
    if _not_ready(m):
        return _not_ready(m)
    index = number(args, 0)
    message = m.sms.slots.get(index)
    if message is None:
        return cms(321) if not m.profile.get("empty_slot_ok") else OK
    m.port.info("\r\n".join(m.sms.head_and_body(message, "+CMGR: ")))
    if message.status == 0:
        message.status = 1
    return OK


_STATUSES = {"REC UNREAD": 0, "REC READ": 1, "STO UNSENT": 2, "STO SENT": 3, "ALL": 4}


def listing(m, op, args):
    if _not_ready(m):
        return _not_ready(m)
    if op == "=?":
        m.port.info("+CMGL: (0-4)")
        return OK
    if args and not args[0].isdigit():
        status = _STATUSES.get(args[0].upper(), -1)
    else:
        status = number(args, 0, 0)
    if not 0 <= status <= 4:
        return cms(305)
    for index in m.sms.indexes(status):
        message = m.sms.slots[index]
        m.port.info("\r\n".join(m.sms.head_and_body(message, "+CMGL: %d," % index)))
        if message.status == 0:
            message.status = 1
    return OK


def delete(m, op, args):
    if _not_ready(m):
        return _not_ready(m)
    if op == "=?":
        slots = ",".join([str(i) for i in m.sms.indexes()])
        m.port.info("+CMGD: (%s),(0-4)" % slots)
        return OK
    flag = number(args, 1, 0)
    if not 0 <= flag <= 4 or not m.sms.delete(number(args, 0), flag):
        return cms(321)
    return OK


def send(m, op, args):
    if op == "=?":
        return OK
    if _not_ready(m):
        return _not_ready(m)
    if m.settings["cmgf"] == 0:
        m.port.prompt(None, lambda data: _pdu_given(m, data, number(args, 0)))
    else:
        target = from_te(args[0], m.settings["cscs"]) if args else None
        if not target:
            return cms(305)
        m.port.prompt(None, lambda data: _text_given(m, data, target))
    return LATER


def _pdu_given(m, data, length):
    if data is None:
        m.finish(OK)
        return
    octets = unhexed("".join([chr(b) for b in data]).strip())
    if octets is None or not octets or len(octets) - 1 - octets[0] != length:
        m.finish(cms(304))
        return
    message = pdu.read_sent(octets)
    if message is None:
        m.finish(cms(304))
    else:
        _send(m, message[0], message[1])


def _text_given(m, data, target):
    if data is None:
        m.finish(OK)
        return
    text = from_te("".join([chr(b) for b in data]), m.settings["cscs"])
    if text is None:
        m.finish(cms(305))
    else:
        _send(m, target, text)


def _send(m, target, text):
    m.operator.note("sms_out")
    if not m.radio.registered():
        m.later(500, m.finish, cms(331))
        return
    low, high = m.profile["sms_send_ms"]
    m.later(m.rng.between(low, high), _sent, m, target, text)


def _sent(m, target, text):
    if not m.radio.registered():
        m.finish(cms(332))
        return
    if m.profile.get("sms_drops_data"):
        for context in m.radio.contexts.active():
            m.radio.end_context(context.cid)
    cause = m.operator.smsc.take(target, text)
    if cause:
        m.finish(cms(cause))
        return
    m.sms.reference = (m.sms.reference + 1) % 256
    m.port.info("+CMGS: %d" % m.sms.reference)
    m.finish(OK)


# -- USSD -------------------------------------------------------------------


def ussd(m, op, args):
    if op == "?":
        m.port.info("+CUSD: %d" % m.settings["cusd"])
        return OK
    if op == "=?":
        m.port.info("+CUSD: (0-2)")
        return OK
    what = number(args, 0, 0)
    if what == 2 or len(args) < 2:
        m.settings["cusd"] = 1 if what == 1 else 0
        m.ussd_open = False
        return OK
    if _not_ready(m):
        return cme(m.sim_error())
    if not m.radio.registered():
        return cme(30)
    m.operator.note("ussd", args[1])
    if not m.operator.ussd_works:
        m.later(2500, m.port.urc, "+CUSD: 4")
        return OK
    if m.profile.get("sms_drops_data"):
        m.later(1000, _drop_data, m)
    m.later(m.rng.between(1500, 7000), _ussd_answer, m)
    return OK


def _drop_data(m):
    for context in m.radio.contexts.active():
        m.radio.end_context(context.cid)


def _ussd_answer(m):
    answer = m.operator.ussd_answer or texts.ussd_balance(m.operator.account)
    m.port.urc("+CUSD: " + ussd_line(m, answer))


def ussd_line(m, answer):
    """m,"str",dcs in the encoding of this modem, truthful or not (profile "ussd_form")."""
    form = m.profile.get("ussd_form", "te")
    codes = septets(answer)
    if form == "ucs2" or codes is None:
        return '0,"%s",72' % hexed(ucs2(answer))
    if form == "packed":
        return '0,"%s", 0' % hexed(pack(codes))
    if form == "lies":
        return '0,"%s",15' % hexed(ucs2(answer))
    if form == "cut":
        return '0,"%s' % to_te(answer, m.settings["cscs"])[:-4]
    if form == "menu":
        return '1,"%s",15' % to_te(answer, m.settings["cscs"])
    return '0,"%s",15' % to_te(answer, m.settings["cscs"])


COMMANDS = {
    "+CMGF": mode,
    "+CSCS": character_set,
    "+CSMP": text_parameters,
    "+CSDH": show_header,
    "+CSCA": centre,
    "+CPMS": storage,
    "+CNMI": indication,
    "+CMGR": read,
    "+CMGL": listing,
    "+CMGD": delete,
    "+CMGS": send,
    "+CUSD": ussd,
}
