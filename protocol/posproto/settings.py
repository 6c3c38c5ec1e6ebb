"""The settings of a terminal: one table for the agent that takes and the tool that writes them.

Names are final: people's files use them. A row is name, kind, then
  t, s: text of at most so many characters, default (s: secret, never shown)
  i: number from, to, default
  b: 0 or 1, default
  c: choices, the first is the default
  p: text of CODE=VALUE pairs of at most so many characters

A terminal with several acquirers has those of ACQUIRER once more for each further one:
acquirer.2.host, up to acquirer.4. What is absent there has its default, not the first's value.
"""

from . import const, ids

ACQUIRER = """host port host2 port2 tls tls_undated tls_suite dialect prefix skip_bytes header_at \
fields f39_groups match echo answer_timeout_s settle_timeout_s paid_after_days paid_on cut_off_h \
helpdesk"""
_FURTHER = "acquirer.%d."

PICO_BYTES = const(244736)  # of heap, after boot: what the defaults fit
# Of heap on 32 bit: a record of the outbox; of each byte of the largest message the copies that
# one moment may hold, when it is sealed, sent and answered; the defaults.
_RECORD_BYTES = const(256)
_COPIES = const(8)
_RECORDS = const(24)
_MESSAGE_BYTES = const(2048)
# What a further acquirer takes: its outbox, path and connection beside the first one's, and what
# serves several. The largest message is smaller for it; one of 512 must fit.
_FURTHER_BYTES = const(8192)
_SMALL_BYTES = const(512)

SCHEMA = """\
device_id t 32 pos
apn t 100
apn_user t 64
apn_password s 64
apn_auth c none pap chap
pdp_type c IP IPV4V6 IPV6
sim_pin s 8
sim2 b 0
sim2_pin s 8
sim2_apn t 100
sim2_apn_user t 64
sim2_apn_password s 64
sim2_after_min i 2 1440 10
roaming c auto allow deny list
roaming_list t 64
family c auto quectel simcom sim800 ublox fibocom ml307 luat neoway telit generic
operator t 16
host t 64
port i 0 65535 0
host2 t 64
port2 i 0 65535 0
closed_apn b 0
opaque_open b 0
tls b 0
tls_undated b 1
tls_suite t 4
dialect c cup nac ascii87 ascii87b
prefix c bin2 bin2-self bcd2 ascii4 ascii4-self hex4 bin2-zero2 none
skip_bytes i -1 255 -1
header_at i -2 255 -2
fields p 64
f39_groups p 128
match t 20
echo t 400
connect_timeout_s i 10 150 60
answer_timeout_s i 5 300 60
settle_timeout_s i 5 300 90
linger_s i 0 60 10
retry_s i 5 3600 30
retry_max_s i 30 86400 1800
attempts_max i 1 1000 100
reversal_hold_h i 1 168 24
outbox_records i 4 64 24
outbox_bytes i 1024 65536 16384
message_bytes i 256 4096 2048
pending_s i 60 86400 600
pending_down_s i 60 86400 3600
unsettled_h i 1 168 24
paid_after_days i 0 30 1
paid_on c working every
cut_off_h i 0 23 0
helpdesk t 40
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
busy_from_h i 0 23 0
busy_to_h i 0 23 0
fleet t 64
report_host t 64
report_port i 1 65535 8883
report_tls b 1
report_closed b 0
heal b 1
log_level c info warning error
log_bytes i 4096 65536 16384
uart i -1 9 -1
baud i 0 3000000 0
tx_pin i -2 99 -1
rx_pin i -2 99 -1
rts_pin i -2 99 -1
cts_pin i -2 99 -1
power_pin i -2 99 -1
pwrkey_pin i -2 99 -1
pwrkey_level i -1 1 -1
pwrkey_ms i 0 10000 0
reset_pin i -2 99 -1
reset_level i -1 1 -1
reset_ms i 0 10000 0
status_pin i -2 99 -1
watchdog_s i 0 8 8
"""


def rows(*given):
    """Yields [name, kind, ...] of each setting in the schema's order, then of those that a further
    acquirer has which names of `given` (dicts) mention.
    """
    own = []
    shared = ACQUIRER.split()
    for line in SCHEMA.split("\n"):
        if line:
            row = line.split(" ")
            yield row
            if row[0] in shared:
                own.append(row)
    for number in range(2, ids.ACQUIRERS_MAX + 1):
        prefix = _FURTHER % number
        if mentions(prefix, *given):
            for row in own:
                yield [prefix + row[0]] + row[1:]


def mentions(prefix: str, *given) -> bool:
    """Does a name of these dicts begin so?"""
    for values in given:
        for name in values:
            if isinstance(name, str) and name.startswith(prefix):
                return True
    return False


def further(number: int) -> str:
    """What the names of a further acquirer's settings begin with."""
    return _FURTHER % number


def too_much(values, heap_bytes: int) -> list:
    """[(name, most)] of what takes more memory than a board of so many bytes of heap has, and the
    number that would do. What is not above its default is never refused where one acquirer is
    named; of a further one's host the number is how many fit. `values` by name.
    """
    records = values.get("outbox_records", _RECORDS)
    size = values.get("message_bytes", _MESSAGE_BYTES)
    room = _RECORDS * _RECORD_BYTES + _MESSAGE_BYTES * _COPIES + heap_bytes - PICO_BYTES
    hosts = [n for n in range(2, ids.ACQUIRERS_MAX + 1) if values.get(further(n) + "host")]
    if hosts:
        most = (room - len(hosts) * _FURTHER_BYTES - _RECORDS * _RECORD_BYTES) // _COPIES
        if most < _SMALL_BYTES:
            return [(further(hosts[-1]) + "host", len(hosts))]
        if size > most:
            return [("message_bytes", most)]
        room -= len(hosts) * _FURTHER_BYTES
    most = max((room - min(records, _RECORDS) * _RECORD_BYTES) // _COPIES, _MESSAGE_BYTES)
    if size > most:
        return [("message_bytes", most)]
    most = (room - size * _COPIES) // _RECORD_BYTES
    if size <= _MESSAGE_BYTES:
        most = max(most, _RECORDS)
    return [("outbox_records", most)] if records > most else []
