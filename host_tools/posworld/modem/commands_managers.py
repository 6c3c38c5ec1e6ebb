"""What connection managers ask beside the rest: capabilities, locks, lists, files of the card.

Known from what ModemManager 1.20 asked and was refused.
"""

from .commands_basic import accept, number
from .results import OK, cme

_SERVICES = ("SC", "AO", "OI", "OX", "AI", "IR", "AB", "AG", "AC", "PN", "PS")
# APDUs VERIFY and UNBLOCK without data tell the tries left (TS 102 221 cl. 11.1.9, 11.1.11).
_VERIFY, _UNBLOCK = "0020", "002C"


def capabilities(m, op, args):
    if op == "":
        m.port.info("+GCAP: +CGSM")
    return OK


def modes(m, op, args):
    """WS46: the radio side (TS 27.007 cl. 5.9): 12 GSM, 25 all, 28 LTE."""
    if op == "=?":
        rats = m.profile.get("rats", (7, 0))
        m.port.info("+WS46: (%s)" % ",".join(["12"] if rats == (0,) else ["12", "25", "28"]))
    elif op == "?":
        m.port.info("+WS46: 25")
    return OK


def card_command(m, op, args):
    """CSIM=length,"apdu": of all that a card can, the tries left of its PIN and PUK."""
    if m.sim_error() not in (0, 11, 12):
        return cme(m.sim_error())
    apdu = args[1] if len(args) > 1 else ""
    tries = {_VERIFY: m.sim.pin_tries, _UNBLOCK: m.sim.puk_tries}.get(apdu[:4])
    m.port.info('+CSIM: 4,"%s"' % ("6D00" if tries is None else "63C%X" % tries))
    return OK


def locks(m, op, args):
    """CLCK="facility",2: the card's PIN is asked for or not, all else is open (cl. 7.4)."""
    if op == "=?":
        m.port.info("+CLCK: (%s)" % ",".join(['"%s"' % name for name in _SERVICES]))
        return OK
    if op != "=" or number(args, 1) != 2 or args[0] not in _SERVICES:
        return cme(3)
    m.port.info("+CLCK: %d" % (1 if args[0] == "SC" and m.sim.pin else 0))
    return OK


def preferred(m, op, args):
    if op == "?":
        m.port.info('+CPOL: 1,2,"%s",1,0,1,1' % m.operator.plmn)
    elif op == "=?":
        m.port.info("+CPOL: (1-64),(0-2)")
    return OK


def way_of_use(m, op, args):
    """CEMODE: data first, no voice (cl. 10.1.28)."""
    if op == "?":
        m.port.info("+CEMODE: 2")
    return OK


def elementary_file(m, ident):
    """A readable file of the card as hex digits, "" where it has none: SPN, AD, GID1, GID2, ECC
    (TS 31.102 cl. 4.2).
    """
    if ident == 28486:
        name = m.operator.short.encode()[:16]
        return ("00" + "".join(["%02X" % b for b in name]) + "FF" * 16)[:34]
    files = {28589: "00000002", 28478: "FFFFFFFF", 28479: "FFFFFFFF", 28599: "11F2FF"}
    return files.get(ident, "")


COMMANDS = {
    "+GCAP": capabilities,
    "+WS46": modes,
    "+CSIM": card_command,
    "+CLCK": locks,
    "+CPLS": accept,
    "+CPOL": preferred,
    "+CEMODE": way_of_use,
    "+CLCC": accept,
    "+CCWA": accept,
}
