"""A modem's line as named values, read by the agent's own parsers. No words: see explain.py.

The names are the standards' own (TS 27.007, TS 27.005) or the makers'; numbers are integers, also
where the line has hex.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from posproto.at import (
    Unreadable,
    cell,
    charset,
    errors,
    hextext,
    identity,
    operator,
    packet,
    registration,
    result,
    shapes,
    signal,
    sim,
    sms,
    time,
    ussd,
    vendor,
)
from posproto.at.fields import fields, number, text

from ..facts import names

Values = dict[str, Any]
Reader = Callable[[bytes, "Context"], Values]

DOMAINS = ("cs", "ps", "eps", "5gs")
CAUSE_DOMAINS = {"cs": "mm", "ps": "gmm", "eps": "emm"}
OWNERS = ("", "china_mobile", "china_unicom", "china_telecom", "china_broadnet")
CELL_STATES = ("SEARCH", "LIMSRV", "NOCONN", "CONNECT")
PACKET_EVENTS = ("", "detach", "deact", "act", "class", "modify", "reject", "react")
RESULTS = {0: "ok", 1: "error", 4: "no_carrier", 5: "connect", 6: "send_ok", 7: "send_fail"}
EVENTS = {
    value: name.lower()
    for name, value in vars(vendor).items()
    if name.isupper() and isinstance(value, int)
}
# Finals that belong to single commands; a line alone does not say which command was open.
EXTRAS = (b"SEND OK", b"SEND FAIL", b"SHUT OK", b"CLOSE OK", b", CLOSE OK", b"DATA ACCEPT:")


class Context:
    """What is known beside the line: the command in flight, the mode set, the family.

    `idle`: it is known that no command is in flight.
    """

    def __init__(
        self, command: str = "", n: int | None = None, family: str = "", idle: bool = False
    ) -> None:
        self.idle = idle
        self.given = bool(command.strip())
        self.command = command.strip().upper()
        if self.command.startswith("AT"):
            self.command = self.command[2:]
        self.n = n
        self.family = family.lower()

    def asked(self, head: bytes) -> bool | None:
        """Whether the `?` command of this head is in flight; None when nothing is known."""
        if not self.given:
            return False if self.idle else None
        return self.command == head.rstrip(b":").decode() + "?"


def plain(value: Any) -> Any:
    """bytes as text (the bytes of no text as escapes), tuples as lists."""
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode("utf-8", "backslashreplace")
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def named(keys: str, values: Any) -> Values:
    """{word: value} of the words in `keys` and a parser's `values`, in their order; None is what
    the line does not say, and left out: named("n stat", (None, 3)) is {"stat": 3}.
    """
    if not isinstance(values, tuple):
        values = (values,)
    pairs = zip(keys.split(), values, strict=False)
    return {key: plain(value) for key, value in pairs if value is not None}


def _registration(line: bytes, context: Context) -> Values:
    head = line[: line.find(b":") + 1]
    keys = "domain n stat area ci act rac cause_type reject_cause"
    found = named(keys, registration.parse(line, context.asked(head), context.n))
    found["domain"] = DOMAINS[found["domain"]]
    found["form"] = "read" if "n" in found else "unsolicited"
    if "area" in found:
        found["lac" if found["domain"] in ("cs", "ps") else "tac"] = found.pop("area")
    if found.get("cause_type") == 0:
        found["cause_domain"] = CAUSE_DOMAINS.get(found["domain"], "")
    return found


def _cell(parse: Callable[[bytes], Any]) -> Reader:
    def reader(line: bytes, _context: Context) -> Values:
        found = {key: plain(value) for key, value in parse(line).items()}
        if "state" in found:
            found["state"] = CELL_STATES[found["state"]]
        if "area" in found:
            found["lac" if found.get("act", 7) < 7 else "tac"] = found.pop("area")
        if "plmn" in found:
            found |= {"mcc": int(found["plmn"][:3]), "mnc": int(found["plmn"][3:])}
        return found

    return reader


def _sim(line: bytes, _context: Context) -> Values:
    word = line[line.find(b":") + 1 :].strip()
    return {"code": plain(word), "state": names.SIMS[sim.cpin(line)]}


def _owner(digits: bytes) -> Values:
    owner = OWNERS[operator.owner(digits)]
    return {"owner": owner} if owner else {}


def _iccid(line: bytes, _context: Context) -> Values:
    iccid = identity.iccid(line)
    return named("iccid", iccid) | _owner(iccid)


def _imsi(line: bytes, _context: Context) -> Values:
    imsi = identity.imsi(line)
    return named("imsi plmn", (imsi, operator.plmn(imsi))) | _owner(imsi)


def _imei(line: bytes, _context: Context) -> Values:
    return named("imei", identity.imei(line))


def _crsm(line: bytes, context: Context) -> Values:
    parts = fields(line, b"+CRSM:")
    found = {"sw1": number(parts[0], 0, 255)}
    if len(parts) > 1 and parts[1]:
        found["sw2"] = number(parts[1], 0, 255)
    data = identity.crsm(line)
    if "28539" in context.command:
        return found | {"fplmn": plain(identity.fplmn(line))}
    if "12258" in context.command or (data[:2] == b"98" and len(data) == 20):
        return found | _iccid(line, context)
    return found | {"response": plain(data)}


def _event(line: bytes, _context: Context) -> Values:
    found = named("event by_network cid", packet.cgev(line))
    found["event"] = PACKET_EVENTS[found["event"]]
    return found


def _time(line: bytes, context: Context) -> Values:
    utc = True if context.family in ("bg95", "bg96") and line.startswith(b"+CCLK:") else None
    unix_s, zone = time.stamp(line, utc)
    return named("unix_s zone_quarters", (unix_s, zone)) | {"set": unix_s is not None}


def _error(line: bytes, _context: Context) -> Values:
    domain, code = errors.code(line)
    return {"error_domain": names.DOMAINS[domain], "err": code}


def _header(line: bytes, _context: Context) -> Values:
    """The line before a message: the next line is data (TS 27.005 cl. 3.4, 4.1)."""
    head = line[: line.find(b":") + 1]
    parts = fields(line, head)
    found: Values = {}
    if head == b"+CMGL:":
        found["index"] = number(parts.pop(0), 0, 9999)
    if head != b"+CMT:" and parts:
        status = parts.pop(0)
        found["stat"] = plain(text(status)) if status[:1] == b'"' else number(status, 0, 4)
    if not parts:
        raise Unreadable("fields")
    if len(parts) < 3 and text(parts[-1]).isdigit() and parts[0][:1] != b'"':
        return found | {"mode": "pdu", "length": number(parts[-1], 0, 255)}
    found |= {"mode": "text", "sender": hextext.text_of(text(parts[0]), charset.GSM7)[0]}
    stamps = [part for part in parts if part.count(b"/") == 2]
    if stamps:
        found |= named("unix_s", time.stamp(b":" + stamps[0]))
    if len(parts) > 6 and parts[6].isdigit():  # with AT+CSDH=1
        found["dcs"] = number(parts[6], 0, 255)
    return found


def message(header: Values, body: bytes) -> Values:
    """The line after `header`: a PDU, or a text. Raises Unreadable."""
    if header.get("mode") == "text":
        way = sms.scheme(header["dcs"]) if "dcs" in header else charset.GSM7
        words, sure = hextext.text_of(body, way)
        return {"text": words, "sure": sure}
    got = sms.deliver(body)
    found = named("sender unix_s", (got.sender, got.unix_s))
    found |= {"text": sms.text(got.scheme, got.data), "sure": got.sure}
    if got.total > 1:
        found |= {"reference": got.reference & 0xFFFF, "total": got.total, "part": got.sequence}
    return found


def _simple(keys: str, parse: Callable[[bytes], Any]) -> Reader:
    return lambda line, _context: named(keys, parse(line))


# Head -> (kind, reader); the forms of shapes.py come after these.
READERS: dict[bytes, tuple[str, Reader]] = {
    b"+CSQ:": ("signal", _simple("rssi_dbm ber", signal.csq)),
    b"+CESQ:": (
        "signal",
        _simple("rssi_dbm ber rscp_dbm ecno_db rsrq_db rsrp_dbm", signal.cesq),
    ),
    b"+QCSQ:": ("signal", _cell(cell.qcsq)),
    b"+QENG:": ("serving_cell", _cell(cell.qeng)),
    b"+CPSI:": ("serving_cell", _cell(cell.cpsi)),
    b"+COPS:": ("operator", _simple("mode format oper act", operator.cops)),
    b"+CPIN:": ("sim", _sim),
    b"+SIMCARD:": ("sim", _sim),
    b"+CPINR:": ("sim", _simple("code retries", identity.cpinr)),
    b"+CIMI:": ("imsi", _imsi),
    b"+CGSN:": ("imei", _imei),
    b"+CRSM:": ("sim_file", _crsm),
    b"+CGATT:": ("attach", _simple("state", packet.cgatt)),
    b"+CFUN:": ("functionality", _simple("fun", packet.cfun)),
    b"+CGACT:": ("context", _simple("cid state", packet.cgact)),
    b"+CGDCONT:": ("context", _simple("cid pdp_type apn address", packet.cgdcont)),
    b"+CGPADDR:": ("address", _simple("cid address", packet.cgpaddr)),
    b"+CGCONTRDP:": (
        "context",
        _simple("cid bearer_id apn address gateway dns1 dns2", packet.cgcontrdp),
    ),
    b"+CGEV:": ("packet_event", _event),
    b"+CEER:": ("last_failure", _simple("text cause", packet.ceer)),
    b"+CTZV:": ("time", _simple("zone_quarters", time.zone)),
    b"+CUSD:": ("ussd", _simple("m text dcs sure", ussd.parse)),
}
for _kind, _reader, _heads in (
    ("registration", _registration, (b"+CREG:", b"+CGREG:", b"+CEREG:", b"+C5GREG:")),
    ("iccid", _iccid, (b"+QCCID:", b"+CCID:", b"+ICCID:", b"%XICCID:")),
    ("time", _time, (b"+CCLK:", b"+CTZE:", b"+QLTS:", b"+QNTP:", b"*PSUTTZ:")),
    ("error", _error, (b"+CME ERROR:", b"+CMS ERROR:")),
    ("sms_header", _header, (b"+CMT:", b"+CMGR:", b"+CMGL:")),
):
    READERS |= dict.fromkeys(_heads, (_kind, _reader))
KINDS = {shape[0]: shape[2] for shape in shapes.SHAPES} | {k: v[0] for k, v in READERS.items()}
# Bare answers, by the command that gives them.
BARE = {"+CIMI": ("imsi", _imsi)} | {
    **dict.fromkeys(("+CGSN", "+GSN"), ("imei", _imei)),
    **dict.fromkeys(("+CCID", "+QCCID", "+ICCID", "+CICCID"), ("iccid", _iccid)),
}


# AT alone, with basic commands (V.250 cl. 5.3), or with one of the extended kinds.
_COMMAND = re.compile(
    rb"AT(?:$|[+&^*%#$].*|D.+|(?:[AEHILMOQSVXZ]\d*)+$|S\d+[=?].*)", re.IGNORECASE
)


def is_known(line: bytes) -> bool:
    """Whether the line is a command, a result, or has a head that is read here."""
    if result.final(line, 0, len(line), EXTRAS) >= 0 or _COMMAND.match(line):
        return True
    return kind_of(line) != "unknown"


def kind_of(line: bytes) -> str:
    """The kind that the line's head names, whether or not the rest can be read."""
    return next((kind for head, kind in KINDS.items() if line.startswith(head)), "unknown")


def read(line: bytes, context: Context) -> Values:
    """The named values of one line with their `kind`. Raises Unreadable."""
    if _COMMAND.match(line):
        return {"kind": "command", "command": plain(line)}
    for head, (kind, reader) in READERS.items():
        if line.startswith(head):
            return {"kind": kind} | reader(line, context)
    shape = shapes.parse(line)
    if shape:
        found = {"kind": shape[0]} | {key: plain(v) for key, v in shape[1].items()}
        if shape[0] == "reject":
            found["cause_domain"] = plain(line[6 : line.find(b":")]).lower()
        return found | _news(line)
    code = result.final(line, 0, len(line), EXTRAS)
    if code >= 0:
        return {"kind": "result", "result": RESULTS.get(code, "done"), "text": plain(line)}
    news = _news(line)
    if news:
        return {"kind": "event"} | news
    return _bare(line, context)


def _news(line: bytes) -> Values:
    """What the line is as an unsolicited one, beside its values."""
    try:
        found = vendor.urc(line)
    except Unreadable:
        return {}
    return {"event": EVENTS[found[0]]} if found else {}


def _bare(line: bytes, context: Context) -> Values:
    kind, reader = BARE.get(context.command, ("", _iccid))
    if kind:
        return {"kind": kind} | reader(line, context)
    code = result.terse(line, 0, len(line)) if context.given else result.NOT_FINAL
    if code >= 0:
        return {"kind": "result", "result": RESULTS.get(code, "done"), "text": plain(line)}
    if line[:2] == b"89":
        return {"kind": "iccid"} | _iccid(line, context)
    raise Unreadable("unknown")
