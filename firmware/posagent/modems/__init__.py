"""What differs between modem families, one module each; only the one in use is loaded.

Every family has: NAME, INIT (commands sent each on its own), BOOT_URCS, URCS (heads of bare
unsolicited lines), LIMITS ((head, ms), first match holds), TIMES (ms: power key pulse, reset
pulse, start-up, longest clean power-down), and these procedures for the engine:

    iccid() -> bytes, b"" when unreadable      serving_cell() -> dict of posproto.at.cell
    usage() -> (bytes sent, received) or None, as the module counted
    context_up(cfg) -> (up, cause)             cause: (ids.CAUSE_* << 8) | number, 0 if not told
    context_down()                             context_state() -> address, None when there is none
    resolve(host) -> (error, address)
    tcp_open(sock, host, port, timeout_ms) -> error
    tcp_send(sock, data) -> True when the module took all of it
    tcp_wait(sock, timeout_ms) -> SOCK_DATA, SOCK_CLOSED, CONTEXT_LOST or None for time-out
    tcp_recv(sock, n) -> bytes, b"" when there are none, None when the connection is gone
    tcp_close(sock)      module_reset()      power_down()

and urc(line) -> (event below, argument) or None. Errors are 0 or the numbers of Quectel's TCP/IP
note, to which the other families translate theirs.
"""

from posproto import const

SOCK_DATA = const(1)  # argument: sock
SOCK_CLOSED = const(2)
CONTEXT_LOST = const(3)  # argument: cid
DETACHED = const(4)  # by the network or by the module
SIM_CHANGED = const(5)
SMS_NEW = const(6)  # argument: index
POWERED_DOWN = const(7)
SUPPLY = const(8)  # the module complains about its supply

E_UNKNOWN = const(550)
E_PARAMETER = const(552)
E_NOT_SUPPORTED = const(555)
E_CONTEXT = const(561)
E_IN_USE = const(563)
E_DNS = const(565)
E_CONNECT = const(566)
E_CLOSED = const(567)
E_BUSY = const(568)
E_TIMEOUT = const(569)

_MARKS = (
    (b"QUECTEL", "quectel"),
    (b"SIM800", "sim800"),
    (b"SIM900", "sim800"),
    (b"SIMCOM", "simcom"),
    (b"SIM7", "simcom"),
    (b"A76", "simcom"),
)
_NAMES = ("quectel", "simcom", "sim800")


def detect(lines):
    """The family's name, from the answers to ATI, AT+CGMI and AT+CGMM."""
    for mark, name in _MARKS:
        for line in lines:
            if mark in line.upper():
                return name
    return "generic"


def load(name):
    """The module of a family; the generic one for a name that has none."""
    if name not in _NAMES:
        name = "generic"
    return __import__("posagent.modems." + name, None, None, (name,))
