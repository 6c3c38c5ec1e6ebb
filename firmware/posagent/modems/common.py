"""What all families share: limits of standard commands, fields of an answer, standard URCs."""

from binascii import unhexlify

from posproto import ids
from posproto.at.result import OK

from ..core import modules
from ..core.modem.command import Command

# TS 27.007 and 27.005 commands that may take longer than an answer from the module itself; the
# longest of the makers' figures.
LIMITS = (
    (b"+COPS", 180000),
    (b"+CGACT=", 150000),
    (b"+CGATT=", 140000),
    (b"+CMGS", 120000),
    (b"+CFUN=", 15000),
    (b"+CUSD", 30000),  # to its OK; the text has a limit of its own
    (b"+CPIN", 10000),
    (b"+CMG", 20000),  # the store of a full SIM is slow
)


# What tls.py knows of refused handshakes where no path keeps it: it is dropped between two tries.
# How many in a row, whether the dates or weak suites were why, which of its suites is offered.
tls_fails = 0
tls_dates = False
tls_weak = False
tls_suite = 0


def field(line, at):
    """Field number `at` of `+HEAD: a,"b",...` without quotes; b"" when it is not there."""
    parts = line[line.find(b":") + 1 :].split(b",")
    return parts[at].strip(b' "') if at < len(parts) else b""


def number(line, at):
    """Field number `at` as an integer, -1 when it is none."""
    digits = field(line, at)
    return int(digits) if digits.isdigit() else -1


def ask(command):
    """Procedure: the answer lines of a command, () unless it ended well."""
    reply = yield command
    return reply.lines if reply.result == OK else ()


def read_hex(text, at):
    """Procedure: the data that a command's answer shows as hex digits in field `at`, behind their
    count; None when the connection is gone, or the digits are not what was sent.
    """
    reply = yield Command(text)
    if reply.result != OK:
        return None
    for line in reply.lines:
        try:
            data = unhexlify(field(line, at))
        except ValueError:
            return None
        return data if len(data) == max(number(line, at - 1), 0) else None
    return b""


def read_iccid(*commands):
    """Procedure: the ICCID, as the first of `commands` tells it, or else the card's own file."""
    file = Command(b"+CRSM=176,12258,0,0,10")  # EF_ICCID, TS 102 221 cl. 13.2
    for command in commands + (file,):
        for line in (yield from ask(command)):
            try:
                return modules.use("posproto.at.identity", "iccid", line)
            except ValueError:
                pass
    return b""


def urc(line):
    """(ids.NEWS_*, argument) of an unsolicited line of TS 27.007 or 27.005; else None."""
    if line.startswith(b"+CGEV:"):
        if line.endswith(b"DETACH"):
            return ids.NEWS_DETACHED, 0 if b" ME " in line else 1
        at = line.find(b" DEACT ")
        if at > 0:
            # PDN DEACT cid; of a secondary bearer DEACT p_cid,cid,event_type; else DEACT
            # type,address,cid (cl. 10.1.19). Where none stands it may be ours.
            parts = line[at + 7 :].split(b",")
            at = 0 if b"PDN" in line else 1 if parts[0].isdigit() else 2
            cid = parts[at].strip() if at < len(parts) else b""
            return ids.NEWS_CONTEXT_LOST, int(cid) if cid.isdigit() else 1
    elif line.startswith(b"+CMTI:"):
        return ids.NEWS_SMS, number(line, 1)
    elif line.startswith(b"+CPIN:"):
        return ids.NEWS_SIM_CHANGED, 0
    return None
