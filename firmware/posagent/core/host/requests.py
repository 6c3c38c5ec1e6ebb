"""Answers the host's requests; loaded when one comes. Reading is free, changing needs the key.

Each operation is a function of the agent and its arguments and returns (R_*, value, detail).
"""

from posproto import auth, const, ids

from .. import modules, status
from . import door

_LOG_MAX = const(16)
_OK = (ids.R_OK, None, None)
_APPLICATION = range(ids.OP_SUBMIT_PART, ids.OP_ENDS + 1)


def host(a, request, frame):
    """The answer to a request on the host's port."""
    op = request[ids.RQ_OP]
    if op in _APPLICATION:
        return _application(a, op, request, frame)
    args = door.arguments(op, request.get(ids.RQ_ARGS, {}))
    if args is None:
        return ids.R_UNKNOWN_OP, None, None
    if op in _READS and not (op == ids.OP_IDENTITY and ids.RQ_COSE in request):
        return _READS[op](a, args)
    result = _key(a, request, frame)
    if result != ids.R_OK:
        return result, None, None
    if op in _CHANGES:
        return _CHANGES[op](a, args)
    return modules.call("host.device_key", "act", a, op, args)


def _key(a, request, frame):
    try:
        return modules.call("host.device_key", "check", a, request, frame)
    except OSError:
        return ids.R_FLASH


def _application(a, op, request, frame):
    """The payment application's operations on the console. Locked, who has a cable and no key gets
    none of them, and an answer's bytes (a card's number, working keys) leave by its port alone.
    """
    flags = ids.MF_UNKEYED
    if ids.RQ_COSE in request or ids.RQ_MAC in request or a.locked:
        result = _key(a, request, frame)
        if result != ids.R_OK:
            return result, None, None
        flags = 0
    if a.locked and op == ids.OP_ANSWER:
        return ids.R_REFUSED, None, "the application's port only"
    # Not through a.application(): a call less where a message is handed in, the deepest place.
    settlement = a.settlement  # in safe mode there is none
    args = door.arguments(op, request.get(ids.RQ_ARGS, {}))
    result, value = settlement.handle_app(op, args, flags)
    return result, value, None


# Reading


def _hello(a, args):
    return ids.R_OK, status.present(status.hello(a)), None


def _counters(a, args):
    status.dropped(a)
    counts = a.counters
    return ids.R_OK, {i: counts[i] for i in range(len(counts)) if counts[i]}, None


def _log(a, args):
    count = min(args.get(1, _LOG_MAX), _LOG_MAX)
    records, following, oldest = a.log.read(args.get(0, 0), count)
    assert len(records) <= count and following >= args.get(0, 0)  # each is read once
    return ids.R_OK, {0: records, 1: following, 2: oldest}, None


def _trace(a, args):
    return ids.R_OK, a.trace.read(args.get(0, 0)), None


def _challenge(a, args):
    if not a.key:
        return ids.R_REFUSED, None, "no key provisioned"
    return modules.call("host.device_key", "challenge", a)


def _identity(a, args):
    """Without the key: enough to tell a card by, the digits that stand last on it."""
    return ids.R_OK, {name: _mask(name, a.identity[name]) for name in a.identity}, None


def _credit(a, args):
    return ids.R_OK, a.credit.as_map(), None


def _settlement(a, args):
    told = a.settlement.summary(args.get(0, 0), args.get(ids.SUB_ACQUIRER, 1))
    return ids.R_NOT_FOUND if told is None else ids.R_OK, told, None


def _ladder(a, args):
    waits, position, rungs = modules.call("healing.choice", "waits", a.ladder, a.situation)
    assert min(waits) >= 0 and position >= 0 and len(rungs) == ids.RUNG_OTHER_CARD
    a.count_outage()
    line = modules.call("healing.line_record", "totals", a.storage, a.ladder.line)
    if not a.two_cards:
        rungs.pop()
    return ids.R_OK, {0: waits, 1: a.ladder.trouble_age_s(), 2: position, 3: rungs, 4: line}, None


def _self_test(a, args):
    if args.get(0) and not (a.self_test and a.self_test[0]):
        wait_s = modules.call("host.selftest", "start", a)
        if wait_s:
            return ids.R_BUSY, wait_s, None
    runs, since_s, results, _ = a.self_test or (False, None, [], None)
    value = {ids.SELF_RUNS: runs, ids.SELF_RESULTS: results}
    if since_s is not None:
        value[ids.SELF_AGE_S] = a.clock.s - since_s
    return ids.R_OK, value, None


def _config_get(a, args):
    values = a.config
    if args.get(1):
        values = modules.call("life.config", "stored", a.storage, values)
    shown = modules.call("life.config", "public", values)
    if 0 in args:
        shown = {name: shown[name] for name in shown if name == args[0]}
    return ids.R_OK, shown, None


def _crashes(a, args):
    return ids.R_OK, modules.call("life.crash", "records", a.storage), None


def _sign(a, args):
    """Status and events of this port are signed from now on, or not any more."""
    if not a.key:
        return ids.R_REFUSED, None, "no key provisioned"
    if not args.get(0):
        a.host.sign = None
        return ids.R_OK, {0: False}, None
    signer = modules.call("posproto.cose", "Signer", auth.derive(a.key, auth.REPORT))
    a.host.sign = signer.sign
    return ids.R_OK, {0: True, 1: signer.kid}, None


# Changing


def _set_time(a, args):
    modules.call("life.clock_set", "to", a, args[0], 2)
    return _OK


def _heal(a, args):
    """A technician orders a rung: the budget decides when, and the answer says so."""
    rung = args[0]
    if not a.ready and rung < ids.RUNG_POWER_KEY:
        return ids.R_REFUSED, None, "the modem does not answer"
    if rung == ids.RUNG_OTHER_CARD and not a.two_cards:
        return ids.R_REFUSED, None, "no second card"
    wait = modules.call("healing.choice", "wait_of", a.ladder, rung, a.situation)
    if wait:
        a.event(ids.E_RUNG_HELD, ids.SEV_INFO, {ids.A_RUNG: rung, ids.A_WAIT_S: wait})
        return ids.R_BUSY, wait, None
    a.ordered = rung
    return _OK


def _ask_balance(a, args):
    result, wait_s = a.credit.ask_now()
    return result, wait_s or None, None


def _plan_set(a, args):
    tail = args.pop(ids.PLAN_CARD, "").encode()
    if tail and a.two_cards and modules.call("healing.cards", "is_other", a, tail):
        if args.get(ids.PLAN_STATE) == ids.PLATFORM_ACTIVE:
            modules.call("healing.cards", "paid", a)
        return _OK
    result, wrong = a.credit.plan_set(args)
    return result, None, wrong


def _trace_texts(a, args):
    a.trace.texts = args[0]
    return _OK


def _config_set(a, args):
    try:
        errors = modules.call("life.config", "change", a.storage, a.config, args)
    except OSError:
        return ids.R_FLASH, None, None
    if errors:
        return ids.R_REFUSED, {0: [list(error) for error in errors]}, None
    return ids.R_OK, None, "in force after a restart"


def _whole_identity(a, args):
    return ids.R_OK, dict(a.identity), None


def _mask(name, text):
    kept = 8 if name in ("iccid", "imei") else 2
    return text if name == "firmware" else "*" * (len(text) - kept) + text[-kept:]


_READS = {
    ids.OP_HELLO: _hello,
    ids.OP_COUNTERS: _counters,
    ids.OP_LOG: _log,
    ids.OP_TRACE: _trace,
    ids.OP_CHALLENGE: _challenge,
    ids.OP_IDENTITY: _identity,
    ids.OP_CREDIT: _credit,
    ids.OP_SETTLEMENT: _settlement,
    ids.OP_LADDER: _ladder,
    ids.OP_SELF_TEST: _self_test,
    ids.OP_CONFIG_GET: _config_get,
    ids.OP_CRASHES: _crashes,
    ids.OP_SIGN: _sign,
}
_CHANGES = {
    ids.OP_IDENTITY: _whole_identity,  # changes nothing, but is the owner's to know
    ids.OP_SET_TIME: _set_time,
    ids.OP_HEAL: _heal,
    ids.OP_ASK_BALANCE: _ask_balance,
    ids.OP_PLAN_SET: _plan_set,
    ids.OP_CONFIG_SET: _config_set,
    ids.OP_TRACE_TEXTS: _trace_texts,
}
