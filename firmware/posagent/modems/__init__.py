"""The modem families: one module each has what differs; only the one in use is loaded.

Every family has: NAME, INIT (commands sent each on its own), BOOT_URCS, URCS (heads of bare
unsolicited lines), DATA_URCS ((head, field with the count) of data that come unasked), LIMIT_MS
(for most commands), PROMPT_ENDS (does it give up by itself where data are missing behind a
prompt?), LIMITS ((head, ms) of slower commands, first match holds), TIMES (ms: power key pulse,
reset pulse, start-up, longest clean power-down), CONTEXT (the read of the context that may stand
on one line with others; context_of(lines) -> address or None reads its answer; b"" where there is
none such), and these procedures for the engine:

    iccid() -> bytes, b"" when unreadable      serving_cell() -> dict of posproto.at.cell
    usage() -> (bytes sent, received) or None, as the module counted
    context_up(cfg) -> (up, cause)             cause: (ids.CAUSE_* << 8) | number, 0 if not told
    context_down()                             context_state() -> address, None when there is none
    resolve(host) -> (error, address)
    tcp_open(sock, host, port, timeout_ms) -> error
    tcp_send(sock, data) -> True when the module took all of it
    tcp_wait(sock, timeout_ms) -> ids.NEWS_SOCK_DATA, NEWS_SOCK_CLOSED or NEWS_CONTEXT_LOST,
        None for time-out
    tcp_recv(sock, n) -> bytes, b"" when there are none, None when the connection is gone
    tcp_close(sock)      module_reset()      power_down()
    tls(ca, path) -> an object with the same tcp_* procedures over TLS by the module, for hosts
        whose certificate leads to the authority in the PEM `ca`, by the settings that the path
        tells; None where the module cannot check; in NAME_tls

and urc(line) -> (ids.NEWS_*, argument) or None. Procedures that are rarely asked for stand in a
file beside, NAME_rare. A family with LIKE and OWN has in it only the names in OWN, and takes all
others from the family LIKE. Errors are 0 or ids.TCP_*.
"""

from ..core import modules

# A word of what a module says of itself, and its family, by turns; one text, which a board has in
# flash.
_BRANDS = (
    "QUECTEL quectel SIM800 sim800 SIM900 sim800 SIMCOM simcom SIM7 simcom A76 simcom U-BLOX ublox"
    " SARA- ublox LARA- ublox FIBOCOM fibocom AIRM2M luat NEOWAY neoway ML30 ml307 CMIOT ml307"
    " TELIT telit"
)
_WITH_TLS = "fibocom luat ml307 quectel simcom"  # in NAME_tls
_NAMES = "quectel simcom sim800 ublox fibocom ml307 luat neoway telit"


def detect(lines):
    """The family's name, from the answers to ATI, AT+CGMI and AT+CGMM."""
    words = _BRANDS.split(" ")
    for at in range(0, len(words), 2):
        word = words[at].encode()
        for line in lines:
            if word in line.upper():
                return words[at + 1]
    return "generic"


def load(name):
    """The module of a family, which stays; the generic one for a name that has none. What it does
    not have itself is loaded when it is asked for.
    """
    name = _whole(name if name in _NAMES.split() else "generic")
    family = __import__(name, None, None, (name,))
    modules.keep(name)
    if family.NAME in _NAMES.split():
        family.__getattr__ = lambda wanted: _rare(family, wanted)
    return family


def tls_of(family):
    """The name of what tls() loads, behind a space, or "": for modules.ahead()."""
    name = family.NAME
    return " " + _whole(name + "_tls") if name in _WITH_TLS.split() else ""


def _rare(family, wanted):
    name = family.NAME
    if wanted == "tls" and name in _WITH_TLS.split():
        return modules.load(_whole(name + "_tls")).Tls
    own = family.__dict__.get("OWN")
    if own and wanted not in own:
        name = family.LIKE
        other = modules.load(_whole(name))
        if wanted in other.__dict__:
            return getattr(other, wanted)
    return getattr(modules.load(_whole(name + "_rare")), wanted)


def _whole(name):
    return "posagent.modems." + name
