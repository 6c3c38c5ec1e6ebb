"""The configuration: one schema, one JSON file, each wrong key or value refused by its name.

A refused value leaves its key at the default; a file that is cut or no JSON leaves all keys there.
Names are final: the host tool's help texts and people's files use them.
"""

from json import dumps, loads

from posproto import const

FILE = "config.json"
_FILE_MAX = const(4096)

# name, kind, then
#   t, s: text of at most so many characters, default (s: secret, never shown)
#   i: number from, to, default        b: 0 or 1, default
#   c: choices, the first is the default
#   p: text of CODE=VALUE pairs of at most so many characters
_SCHEMA = """\
device_id t 32 pos
apn t 100
apn_user t 64
apn_password s 64
apn_auth c none pap chap
pdp_type c IP IPV4V6 IPV6
sim_pin s 8
roaming c auto allow deny list
roaming_list t 64
family c auto quectel simcom ublox generic
operator t 16
host t 64
port i 0 65535 0
host2 t 64
port2 i 0 65535 0
closed_apn b 0
tls b 0
dialect c cup nac ascii87
prefix c bin2 bin2-self bcd2 ascii4 ascii4-self hex4 bin2-zero2 none
skip_bytes i -1 255 -1
header_at i -2 255 -2
fields p 64
f39_groups p 128
echo t 400
connect_timeout_s i 10 150 60
answer_timeout_s i 5 300 60
settle_timeout_s i 5 300 90
linger_s i 0 60 10
retry_s i 5 3600 30
retry_max_s i 30 86400 1800
attempts_max i 1 1000 100
outbox_records i 4 64 24
outbox_bytes i 1024 65536 16384
message_bytes i 256 4096 2048
pending_s i 60 86400 600
pending_down_s i 60 86400 3600
unsettled_h i 1 168 24
status_s i 1 3600 30
balance_every_h i 0 720 24
balance_by c auto sms ussd none
balance_to t 20
balance_text t 40
balance_low_minor i 0 1000000 1000
balance_warn_days i 0 30 5
balance_paid_month i 0 1000 31
plan_warn_days i 0 90 14
quota_warn_percent i 1 100 80
sms_delete c own all none
currency t 3
busy_from_h i 0 23 8
busy_to_h i 0 23 22
heal b 1
log_level c info warning error
log_bytes i 4096 65536 16384
uart i 0 9 0
baud i 1200 3000000 115200
tx_pin i -1 99 -1
rx_pin i -1 99 -1
rts_pin i -1 99 -1
cts_pin i -1 99 -1
power_pin i -1 99 -1
pwrkey_pin i -1 99 -1
reset_pin i -1 99 -1
status_pin i -1 99 -1
watchdog_s i 0 8 8
"""


def _rows():
    """Yields [name, kind, ...] of each key, in the schema's order."""
    for row in _SCHEMA.split("\n"):
        if row:
            yield row.split(" ")


def _default(row):
    kind = row[1]
    if kind == "b":
        return row[2] == "1"
    if kind == "i":
        return int(row[4])
    if kind == "c":
        return row[2]
    return row[3] if len(row) > 3 else ""


def _refusal(row, value):
    """Why `value` cannot stand under the row's key, or None."""
    kind = row[1]
    if kind == "b":
        return None if value is True or value is False else "type"
    if kind == "i":
        if value is True or value is False or not isinstance(value, int):
            return "type"
        return None if int(row[2]) <= value <= int(row[3]) else "range"
    if not isinstance(value, str):
        return "type"
    if kind == "c":
        return None if value in row[2:] else "choice"
    if len(value) > int(row[2]):
        return "too long"
    for c in value:
        # Texts end up between quotes in AT commands and on screens.
        if not " " <= c <= "~" or c == '"':
            return "character"
    if kind == "p":
        for pair in value.split():
            code, _, meaning = pair.partition("=")
            if not code or len(meaning) < 1 or len(meaning) > 2:
                return "pairs"
    return None


def update(values: dict, changes: dict) -> list:
    """Takes what is right of `changes` into `values`; returns [(name, reason)] of what is not.

    Reasons: unknown, type, range, choice, too long, character, pairs.
    """
    errors = []
    left = dict(changes)
    for row in _rows():
        if row[0] in left:
            value = left.pop(row[0])
            reason = _refusal(row, value)
            if reason:
                errors.append((row[0], reason))
            else:
                values[row[0]] = value
    for name in sorted(str(name) for name in left):
        errors.append((name[:32], "unknown"))
    return errors


def load(data):
    """(values, [(name, reason)]) of the file's bytes; None is no file, and no error.

    A file that is no JSON object at all is refused under the file's own name.
    """
    values = {row[0]: _default(row) for row in _rows()}
    if data is None:
        return values, []
    if data[:3] == b"\xef\xbb\xbf":  # a mark that Windows' editors put in front
        data = data[3:]
    try:
        if len(data) > _FILE_MAX:
            raise ValueError
        changes = loads(str(data, "utf-8"))
        if not isinstance(changes, dict):
            raise ValueError
    except (ValueError, RuntimeError):  # RuntimeError: nested deeper than the stack
        return values, [(FILE, "not JSON")]
    return values, update(values, changes)


def store(values: dict) -> bytes:
    """The file for `values`: what differs from the defaults, in the schema's order."""
    lines = []
    for row in _rows():
        value = values[row[0]]
        if value != _default(row):
            lines.append("%s: %s" % (dumps(row[0]), dumps(value)))
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def public(values: dict) -> dict:
    """What differs from the defaults, with a set secret shown as true."""
    shown = {}
    for row in _rows():
        value = values[row[0]]
        if value != _default(row):
            shown[row[0]] = True if row[1] == "s" else value
    return shown
