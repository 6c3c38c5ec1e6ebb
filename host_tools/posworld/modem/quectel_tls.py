"""Quectel's TLS commands (QSSLCFG, QSSLOPEN, ..) and its files (QFUPL, QFLST, QFDEL).

Connections are numbered apart from those of QIOPEN; here they lie behind them.
"""

from .commands_basic import number
from .quectel_sockets import ERRORS, fail, sent
from .results import ERROR, LATER, OK, cme
from .stack import ask_data
from .tls import Verify

# EC2x's own list of AT+QSSLCFG=? (public): no GCM for ECDSA certificates.
_SUITES = (
    "0035 002F 0005 0004 000A 003D C002 C003 C004 C005 C007 C008 C009 C00A C011 C012 C013 "
    "C014 C00C C00D C00E C00F C023 C024 C025 C026 C027 C028 C029 C02A C02F C030 FFFF"
)

FIRST = 100  # slot of TLS connection 0


def configure(m, op, args):
    """QSSLCFG="item",ctx[,value...]: kept by item; the read form gives it back."""
    if op != "=" or len(args) < 2:
        return OK if op == "=?" else ERROR
    if args[0].lower() == "checkhost" and not m.profile.get("checkhost"):
        return ERROR  # EG25-G's list of settings lacks it, BG9x has it
    if (
        args[0].lower() == "ciphersuite"
        and args[2:]
        and args[2].upper()[2:] not in _SUITES.split()
    ):
        return ERROR
    key = "%s %d" % (args[0].lower(), number(args, 1))
    if len(args) == 2:
        m.port.info('+QSSLCFG: "%s",%s,%s' % (args[0], args[1], m.settings.get(key, "0")))
    else:
        m.settings[key] = ",".join(args[2:])
    return OK


def _verify(m, context):
    def item(name, default):
        return m.settings.get("%s %d" % (name, context), default)

    suite = item("ciphersuite", "0XFFFF")
    ca = item("cacert", "")
    ca = ca[4:] if ca[:4].upper() == "UFS:" else ca
    return Verify(
        int(item("seclevel", "0")),
        ca,
        item("ignorelocaltime", "0") == "1",
        item("sslversion", "4"),
        item("checkhost", "0") == "1",
        "" if suite.upper() == "0XFFFF" else suite,
    )


def open_socket(m, op, args):
    """QSSLOPEN=ctx,sslctx,id,"host",port[,mode]: OK, later +QSSLOPEN: id,err."""
    if op != "=":
        return OK
    cid, context, ident, port = (number(args, i) for i in (0, 1, 2, 4))
    if len(args) < 5 or not 0 <= ident <= 11 or port < 1:
        return fail(m, 552)
    slot = FIRST + ident
    if m.sockets.get(slot):
        m.later(15, _opened, m, slot, "busy", False)
        return OK

    def done(error):
        _opened(m, slot, error, True)

    m.sockets.open(slot, args[3], port, done, cid, _verify(m, context))
    return OK


def _opened(m, slot, error, ours):
    code = ERRORS.get(error, 550) if error else 0
    m.settings["qierror"] = code
    if ours:
        m.sockets.decided(slot, error)
    m.port.urc("+QSSLOPEN: %d,%d" % (slot - FIRST, code))


def send(m, op, args):
    slot, length = FIRST + number(args, 0), number(args, 1)
    if not m.sockets.writable(slot):
        return fail(m, 567)
    if not 1 <= length <= 1460:
        return fail(m, 552)
    return ask_data(m, slot, length, sent)


def receive(m, op, args):
    slot = FIRST + number(args, 0)
    if m.sockets.get(slot) is None:
        return fail(m, 552)
    count = number(args, 1, 1500)
    if not 0 < count <= 1500:
        return fail(m, 552)
    data = m.sockets.read(slot, count)
    if data:
        m.port.binary("+QSSLRECV: %d" % len(data), data)
    else:
        m.port.info("+QSSLRECV: 0")
    return OK


def close(m, op, args):
    m.later(m.rng.between(20, 400), _closed, m, FIRST + number(args, 0))
    return LATER


def _closed(m, slot):
    m.sockets.close(slot)
    m.finish(OK)


def state(m, op, args):
    for slot in sorted(m.sockets.slots):
        s = m.sockets.slots[slot]
        if slot >= FIRST:
            shown = {"opening": 1, "open": 2, "dead": 2, "closed": 4}.get(s.state, 0)
            m.port.info(
                '+QSSLSTATE: %d,"SSLClient","%s",%d,5000,%d,%d,4,%d,"uart1",1'
                % (slot - FIRST, s.host, s.port, shown, s.cid, s.mode)
            )
    return OK


# -- files ----------------------------------------------------------------------------


def upload(m, op, args):
    """QFUPL="name",size: CONNECT, the bytes, +QFUPL: size,checksum."""
    size = number(args, 1)
    if op != "=" or not 0 < size <= 16384:
        return ERROR
    name = args[0][4:] if args[0][:4].upper() == "UFS:" else args[0]
    if name in m.files:
        return cme(407)  # the file exists

    def given(data):
        m.files[name] = data
        check = 0
        for i in range(0, len(data), 2):
            check ^= data[i] << 8 | (data[i + 1] if i + 1 < len(data) else 0)
        m.port.info("+QFUPL: %d,%x" % (size, check))
        m.finish(OK)

    m.port.final("CONNECT", False)
    m.port.want(size, given)
    return LATER


def listing(m, op, args):
    for name in sorted(m.files):
        if not args or args[0] in ("*", name, "UFS:" + name):
            m.port.info('+QFLST: "UFS:%s",%d' % (name, len(m.files[name])))
    return OK


def delete(m, op, args):
    name = args[0] if args else ""
    if name == "*":
        m.files = {}
    elif m.files.pop(name[4:] if name[:4].upper() == "UFS:" else name, None) is None:
        return ERROR
    return OK


COMMANDS = {
    "+QSSLCFG": configure,
    "+QSSLOPEN": open_socket,
    "+QSSLSEND": send,
    "+QSSLRECV": receive,
    "+QSSLCLOSE": close,
    "+QSSLSTATE": state,
    "+QFUPL": upload,
    "+QFLST": listing,
    "+QFDEL": delete,
}
