"""What the agent tells of itself: the status and the hello, as lists by their keys."""

from posproto import VERSION, const, ids, link

from . import situation

_STATUS_KEYS = const(35)
_status = [None] * _STATUS_KEYS  # one for all: a status is written out at once


def status(a):
    """The status as a list by ST_* key; None = absent. Valid until the next call."""
    clock, net, credit, settlement = a.clock, a.network, a.credit, a.settlement
    st = _status
    known = credit.balance_minor is not None
    assert a.second != a.verdict and max(a.verdict_s, a.layer_s) <= clock.s
    assert settlement.pending > 0 or settlement.oldest_s == 0
    st[ids.ST_BOOT] = a.boot
    st[ids.ST_UPTIME_S] = clock.s
    st[ids.ST_UNIX_S] = clock.unix_s or None
    st[ids.ST_VERDICT] = a.verdict
    st[ids.ST_CONFIDENCE] = a.confidence
    st[ids.ST_VERDICT_S] = a.verdict_s
    st[ids.ST_REGISTRATION] = net.stat
    st[ids.ST_ACT] = net.act
    st[ids.ST_SIGNAL_DBM] = net.signal_dbm
    st[ids.ST_SIM] = net.sim
    st[ids.ST_LAYER] = a.layer
    st[ids.ST_LAYER_S] = a.layer_s
    st[ids.ST_BALANCE_MINOR] = credit.balance_minor
    st[ids.ST_CURRENCY] = credit.currency if known else None
    st[ids.ST_BALANCE_S] = credit.balance_s if known else None
    st[ids.ST_OUTBOX] = settlement.pending
    st[ids.ST_OUTBOX_OLDEST_S] = settlement.oldest_s
    st[ids.ST_ACK_S] = settlement.last_ack_s
    st[ids.ST_COUNTERS] = dropped(a)
    rung, at_s, _ = a.ladder.choice
    heals = a.situation != situation.WELL and rung != ids.RUNG_NONE
    st[ids.ST_RUNG] = rung if heals else None
    st[ids.ST_RUNG_S] = at_s if heals else None
    st[ids.ST_FLAGS] = flags(a)
    st[ids.ST_CAUSE] = a.cause or None
    st[ids.ST_VERDICT_2] = a.second
    st[ids.ST_LOG_LAST] = a.log.flashed if a.log.flashed >= 0 else None
    st[ids.ST_PLMN] = net.serving
    st[ids.ST_AREA], st[ids.ST_CELL] = net.cell
    st[ids.ST_CELL_S] = net.cell_s
    st[ids.ST_RSRQ_DB] = net.rsrq_db
    st[ids.ST_CARD] = a.slot + 1 if a.config["sim2"] else None
    st[ids.ST_CARD_LEFT] = a.left or None
    st[ids.ST_SINR_DB] = net.sinr_db if net.cell == net.asked_cell else None
    st[ids.ST_ACQUIRER] = settlement.about(a.verdict)
    st[ids.ST_ACQUIRER_2] = settlement.about(a.second)
    return st


def flags(a):
    """FLAG_* bits of an Agent or a SafeAgent."""
    bits = 0
    for holds, flag in (
        (a.config_refused, ids.FLAG_CONFIG_REFUSED),
        (a.safe_mode, ids.FLAG_SAFE_MODE),
        (a.locked, ids.FLAG_LOCKED),
        (a.clock.unix_s, ids.FLAG_CLOCK_SET),
        (a.virtual, ids.FLAG_VIRTUAL_TIME),
        (a.log.damaged, ids.FLAG_LOG_DAMAGED),
        (a.key, ids.FLAG_KEYED),
        (not a.safe_mode and a.path.undated, ids.FLAG_TLS_UNDATED),
        (not a.safe_mode and a.path.unnamed, ids.FLAG_TLS_UNNAMED),
    ):
        if holds:
            bits |= flag
    return bits


def hello(a):
    """The hello as a list by HELLO_* key."""
    capabilities = ids.CAP_KEYED | ids.CAP_OUTBOX if a.key else 0
    if a.several:
        capabilities |= ids.CAP_ACQUIRERS
    if a.virtual:
        capabilities |= ids.CAP_VIRTUAL_TIME
    if a.line_max < link.LINE_MAX:
        capabilities |= ids.CAP_ONE_BY_ONE
    return [
        ids.PROTOCOL_VERSION,
        VERSION,
        a.board,
        a.line_max,
        capabilities,
        a.boot,
        a.config["device_id"],
        a.engine.family.NAME if a.engine else None,
        a.config["message_bytes"],
    ]


def dropped(a):
    """Sum of everything that was dropped or refused since boot; repeats cost nothing."""
    counters, reader = a.counters, a.host.reader
    counters[ids.C_HOST_BAD_CRC] = reader.bad_crc
    counters[ids.C_HOST_BAD_BASE64] = reader.bad_base64
    counters[ids.C_HOST_OVERLONG] = reader.overlong
    counters[ids.C_HOST_CUT] = reader.cut
    reader = a.app.reader
    counters[ids.C_APP_DROPPED] = reader.bad_crc + reader.bad_base64 + reader.overlong + reader.cut
    return sum(counters) - counters[ids.C_HOST_REPLAYED]


def present(values: list):
    """{key: value} of what is not absent; texts are bytes until here, see frames.put_status()."""
    found = {}
    for key in range(len(values)):
        value = values[key]
        if value is not None:
            found[key] = str(value, "utf-8") if isinstance(value, bytes) else value
    return found
