"""The door: whatever stands in a request, it is answered, and nothing behind the door meets it.

The cases are made from the door's own table: every operation, each argument absent, of every wrong
type and at and beyond its borders. Three short lines of this kind once led into safe mode.
"""

import cup_frames
from posagent.core.credit import account_file, account_map, news
from posagent.core.host import device_key, door, requests, selftest

# Loaded here once: the agent loads them for each request.
from posagent.core.life import clock_set, config, crash, log_read
from posagent.core.modem import trace_read
from posagent.core.settlement import dialect, sealed, summary, vault
from posagent.core.settlement import submit as handover
from posproto import ids, submit
from whole_host import LockedHost, WholeHost

LOADED = (
    config,
    sealed,
    crash,
    account_file,
    news,
    account_map,
    device_key,
    handover,
    log_read,
)
LOADED += (requests, selftest, clock_set, summary, trace_read, vault, dialect)
WRONG = (None, True, -1, 0, 1 << 32, (1 << 63) - 1, 1 << 63, (1 << 64) - 1, -(1 << 64))
WRONG += ("", "x" * 41, "text", b"", b"x" * 600, [], [1], [b"x"], {}, {0: 1}, {"a": b"x"})
SAFE = {"i": 1, "b": False, "t": "x", "y": b"x"}
KEYED = range(ids.OP_SET_TIME, ids.OP_SUBMIT_PART)
ENDS = (ids.OP_RESTART, ids.OP_LOCK, ids.OP_UNLOCK, ids.OP_KEY_SET)  # what ends this life


def rows(op):
    """[(key, is it optional, kind, from, to)] of the table."""
    words = door.ROWS[op].split(" ") if door.ROWS[op] not in ("", "*") else []
    found = []
    for at in range(0, len(words), 4):
        key, kind, low, high = words[at : at + 4]
        found.append((int(key.lstrip("?")), key[0] == "?", kind, int(low), int(high)))
    return found


def good(op):
    """Arguments that fit."""
    args = {}
    for key, optional, kind, low, _ in rows(op):
        if not optional:
            args[key] = bytes(low) if kind == "y" and low else low if kind == "i" else SAFE[kind]
    return args


def borders(kind, low, high):
    """(value, does it fit) at the borders of an argument."""
    if kind == "i":
        return [(low, True), (high, True), (low - 1, False), (high + 1, False)]
    if kind == "b":
        return [(True, True), (False, True)]
    unit = "x" if kind == "t" else b"x"
    found = [(unit * low, True), (unit * min(high, 500), high <= 500)]
    return found + [(unit * (high + 1), False)] if high < 500 else found


def fits(value, kind, low, high):
    """Judged by other means than the door's."""
    if kind == "b":
        return type(value) is bool
    if kind == "i":
        return type(value) is int and low <= value <= high
    return type(value) is (str if kind == "t" else bytes) and low <= len(value) <= high


def cases(op):
    """(arguments, do they fit) for everything that an operation may be sent."""
    whole = good(op)
    yield whole, True
    for key, optional, kind, low, high in rows(op):
        rest = dict(whole)
        rest.pop(key, None)
        yield rest, optional
        for value in WRONG:
            changed = dict(rest)
            changed[key] = value
            yield changed, fits(value, kind, low, high)
        for value, does in borders(kind, low, high):
            changed = dict(rest)
            changed[key] = value
            yield changed, does
    for odd in ({"text": 1}, {-5: [1]}, {99: {}}, {1 << 63: b"x"}):  # of a newer side
        odd.update(whole)
        yield odd, True


def test_every_operation_has_a_row():
    numbers = {getattr(ids, name) for name in dir(ids) if name.startswith("OP_")}
    assert set(door.ROWS) == numbers


def test_the_console_answers_every_operation_with_every_wrong_argument():
    for kind in (WholeHost, LockedHost):
        host = kind()
        for op in sorted(door.ROWS):
            if op in KEYED or op == ids.OP_SIGN:
                continue
            for args, does in cases(op):
                result = host.ask(op, args)[0]
                assert does or result not in (ids.R_OK, None), (op, args)
        assert host.agent.counters[ids.C_LAST_RESORT] == 0
        assert host.ask(ids.OP_STATUS)[0] == ids.R_OK


def test_keyed_operations_answer_every_wrong_argument():
    host = WholeHost()
    for op in KEYED:
        if op not in door.ROWS:
            assert host.change(op)[0] == ids.R_UNKNOWN_OP
            continue
        for args, does in cases(op) if op != ids.OP_CONFIG_SET else ():
            if does and op in ENDS:
                continue
            result = host.change(op, args)[0]
            assert (result == ids.R_BAD_REQUEST) != does or op == ids.OP_PLAN_SET, (op, args)
    for args in ({0: 1}, {"baud": b"x"}, {"baud": [1]}, {"x" * 33: 1}, {"baud": None}):
        assert host.change(ids.OP_CONFIG_SET, args)[0] == ids.R_BAD_REQUEST
    assert host.change(ids.OP_CONFIG_SET, {"baud": 1 << 63})[0] == ids.R_REFUSED
    assert host.agent.counters[ids.C_LAST_RESORT] == 0
    assert host.agent.pins == []


def test_every_kind_of_setting_can_be_set():
    """To MicroPython true is no integer: on a board no switch could be set but through a file."""
    host = WholeHost()
    one_of_each = {"tls": True, "heal": False, "baud": 9600, "host": "a.example", "dialect": "nac"}
    one_of_each.update({"sim_pin": "1234", "f39_groups": "77=R", "acquirer.2.tls": True})
    assert {row[1] for row in config.rows()} == set("tsibcp")
    for name, value in one_of_each.items():
        assert host.change(ids.OP_CONFIG_SET, {name: value})[0] == ids.R_OK, name
    stored = config.stored(host.agent.storage, host.agent.config)
    for name, value in one_of_each.items():
        assert stored[name] == value and type(stored[name]) is type(value), name


def test_the_applications_port_answers_every_wrong_argument():
    host = WholeHost()
    for op in range(ids.OP_SUBMIT_PART, ids.OP_ENDS + 1):
        for args, does in cases(op):
            result = host.tell(op, args)[0]
            assert does or result == ids.R_BAD_REQUEST, (op, args)
    for op in (0, 3, 20, 32, 39, 63, 71, 255, 1 << 40):
        assert host.tell(op)[0] == ids.R_UNKNOWN_OP
    assert host.agent.counters[ids.C_LAST_RESORT] == 0


def test_text_where_bytes_belong_does_not_end_the_agent():
    """MicroPython raises NotImplementedError for it; three of these lines led to safe mode."""
    host = WholeHost()
    part = {ids.SUB_ID: 1, ids.SUB_OFFSET: 0, ids.SUB_BYTES: "text"}
    assert host.ask(ids.OP_SUBMIT_PART, part)[:3] == (ids.R_BAD_REQUEST, None, "argument 2")
    assert host.tell(ids.OP_SUBMIT_PART, part)[0] == ids.R_BAD_REQUEST


def test_what_escapes_the_door_is_counted_and_answered():
    host = WholeHost()

    def broken(order, number):
        raise NotImplementedError

    host.agent.settlement.summary = broken
    answer = host.ask(ids.OP_SETTLEMENT)
    assert (answer[0], answer[2]) == (ids.R_BAD_REQUEST, "NotImplementedError")
    assert host.ask(ids.OP_COUNTERS)[1][ids.C_LAST_RESORT] == 1


def test_arguments_that_are_no_map_are_no_request():
    host = WholeHost()
    for op in sorted(door.ROWS):
        for args in (None, 1, "text", b"bytes", [], True):
            assert host.say({ids.RQ_OP: op, ids.RQ_ARGS: args})[0] == ids.R_BAD_REQUEST


# A locked terminal, a cable and no key


def reversal_orders(host, how):
    """The requests that hand in a reversal, sent by `how`; the last result."""
    for op, args in submit.hand_in(7, cup_frames.reversal(5)):
        result = how(op, args)[0]
    return result


def test_a_cable_without_the_key_hands_nothing_in_and_takes_nothing_out():
    host = LockedHost()
    assert reversal_orders(host, host.ask) == ids.R_KEY_NEEDED
    assert reversal_orders(host, host.tell) == ids.R_OK
    for op, args in (
        submit.query(7),
        submit.cancel(7),
        submit.done(7),
        (ids.OP_ANSWER, {ids.SUB_ID: 7}),
        (ids.OP_SUBMIT_PART, {ids.SUB_ID: 8, ids.SUB_OFFSET: 0, ids.SUB_BYTES: b"x"}),
    ):
        assert host.ask(op, args)[0] == ids.R_KEY_NEEDED, op
    (message,) = host.ask(ids.OP_SETTLEMENT)[1][ids.REP_MESSAGES]
    assert message[ids.MSG_STATE] == ids.MS_READY


def test_with_the_key_the_console_may_act_but_never_sees_an_answer():
    host = LockedHost()
    assert reversal_orders(host, host.change) == ids.R_OK
    assert host.change(*submit.query(7))[0] == ids.R_OK
    answer = host.change(ids.OP_ANSWER, {ids.SUB_ID: 7})
    assert (answer[0], answer[2]) == (ids.R_REFUSED, "the application's port only")
    assert host.tell(ids.OP_ANSWER, {ids.SUB_ID: 7})[0] == ids.R_NOT_FOUND
    assert host.change(*submit.cancel(7))[0] == ids.R_OK


def test_what_came_over_the_console_without_a_key_holds_no_sale():
    """A forged reversal with a deadline of 100 days held all sales."""
    host = WholeHost()
    forged = {ids.SUB_MTI: 400, ids.SUB_STAN: 9, ids.SUB_FLAGS: ids.MF_OPAQUE}
    forged.update({ids.SUB_ID: 9, ids.SUB_DEADLINE_S: 8640000, ids.SUB_BYTES: b"x"})
    forged.update({ids.SUB_LENGTH: 1, ids.SUB_CRC: 2363233923})
    assert host.ask(ids.OP_SUBMIT_COMMIT, forged)[0] == ids.R_OK
    for op, args in submit.hand_in(10, cup_frames.sale(3)):
        assert host.tell(op, args)[0] == ids.R_OK
    settlement = host.agent.settlement
    settlement.online = True
    live = settlement.outbox.live()
    assert len(live) == 2 and live[0].flag(ids.MF_UNKEYED) and not live[1].flag(ids.MF_UNKEYED)
    assert not settlement.held(live[1], live)
