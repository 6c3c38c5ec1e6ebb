"""AirM2M (LuatOS) Air724, Air780 with AT firmware: SIM800's TCP commands over LTE, and TLS.

By the maker's AT manual for EC618/EC716/EC718 and logs of its users. What is alike stands in
sim800.py. Quirks, each with who saw it:
  CIPSSL is one switch for all connections (driver for Air780E, measured): set before each opening.
  More than 720 bytes at once are refused, although 1460 are allowed (the same).
  A peer's close may be told as `n, CLOSE OK`, and data come behind it (the same).
  +CGEV comes without being asked for, and CGEREP is unknown (logs of an Air780EP).
"""

from posproto import ids

from ..core import modules
from ..core.modem.command import Command, WaitUrc
from . import common
from .common import number

NAME = "luat"
LIKE = "sim800"  # for what is written down neither here nor in luat_rare.py
_LIKE = "posagent.modems.sim800"
# In luat_rare.py:
OWN = ("module_reset", "power_down", "serving_cell", "selected_card", "select_card")
INIT = (b"+CIPMODE=0",)
BOOT_URCS = (b"RDY",)
OFF = (b"NORMAL POWER DOWN", b"POWER DOWN")
URCS = OFF + (b"RING", b"NO CARRIER", b"SMS READY", b"SMS Ready", b"0, ", b"1, ")
DATA_URCS = ()
LIMIT_MS = 9000
PROMPT_ENDS = False
LIMITS = (
    (b"+CIICR", 85000),
    (b"+CIPSHUT", 65000),
    (b"+CIPSEND", 60000),
    (b"+CDNSGIP", 60000),
    (b"+FSWRITE", 20000),
) + common.LIMITS
TIMES = (2000, 300, 10000, 5000)
CONTEXT = b""  # +CIFSR ends without a result
_CHUNK = 700
_PLAIN = Command(b"+CIPSSL=0")
_CONTEXT_GONE = b"+PDP: DEACT"


def iccid():
    return common.read_iccid(Command(b"+ICCID"), Command(b"+CCID", 0, (b"+CCID:", b"")))


def tcp_open(sock, host, port, timeout_ms):
    yield _PLAIN
    return (yield from opened(sock, host, port, timeout_ms))


def opened(sock, host, port, timeout_ms):
    """Procedure: open a connection; the error. Where one was open the first try is refused, and
    closes it.
    """
    error = yield from modules.load(_LIKE).tcp_open(sock, host, port, timeout_ms)
    if error == ids.TCP_UNKNOWN:
        error = yield from modules.load(_LIKE).tcp_open(sock, host, port, timeout_ms)
    return error


def tcp_recv(sock, n):
    return modules.load(_LIKE).tcp_recv(sock, min(n, _CHUNK))


def tcp_wait(sock, timeout_ms):
    heads = (b"+CIPRXGET: 1,%d" % sock, b"%d, CLOSE" % sock, _CONTEXT_GONE)
    line = yield WaitUrc(heads, timeout_ms)
    return urc(line)[0] if line else None


def urc(line):
    if line.startswith(b"+CIPRXGET: 1,"):
        return ids.NEWS_SOCK_DATA, number(line, 1)
    if line[1:8] == b", CLOSE":
        return ids.NEWS_SOCK_CLOSED, line[0] - 48
    if line == _CONTEXT_GONE:
        return ids.NEWS_CONTEXT_LOST, 1
    if line in OFF:
        return ids.NEWS_POWERED_DOWN, 0
    return common.urc(line)
