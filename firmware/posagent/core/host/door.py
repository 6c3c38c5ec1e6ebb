"""The door: every operation with its arguments, judged here once; behind it they are trusted.

A row names each argument: its key, with ? where it may be absent, then its kind, from and to:
  i  integer in this range
  b  true or false
  t  text of so many characters
  y  so many bytes
`*` stands for names of settings with their values: config.py judges those by its own table.
"""

from posproto import const, ids
from posproto.cbor import CborError

_NAME_MAX = const(32)  # of a setting

ROWS = {
    ids.OP_HELLO: "",
    ids.OP_STATUS: "",
    ids.OP_COUNTERS: "",
    ids.OP_LOG: "?0 i 0 4294967295 ?1 i 1 1000",
    ids.OP_TRACE: "?0 i 0 4294967295",
    ids.OP_CHALLENGE: "",
    ids.OP_IDENTITY: "",
    ids.OP_CREDIT: "",
    ids.OP_SETTLEMENT: "?0 i 0 4294967295 ?11 i 1 4",
    ids.OP_LADDER: "",
    ids.OP_SELF_TEST: "?0 b 0 1",
    ids.OP_CONFIG_GET: "?0 t 1 32 ?1 b 0 1",
    ids.OP_CRASHES: "",
    ids.OP_SIGN: "0 b 0 1",
    ids.OP_SET_TIME: "0 i 1577836800 4294967295",  # 2020 to 2106
    ids.OP_HEAL: "0 i 1 12",
    ids.OP_CONFIG_SET: "*",
    ids.OP_ASK_BALANCE: "",
    ids.OP_PLAN_SET: "?0 i -1 99999 ?1 i -1 99999 ?2 i -1 4294967295 ?3 i -1 28 ?4 i -1 28"
    " ?5 i -1 4294967295 ?6 i -1 99999 ?7 t 0 40 ?8 i -1 99 ?9 i -1 4294967295"
    " ?10 i -4294967295 4294967295 ?11 t 0 3 ?12 t 0 22",
    ids.OP_RESTART: "?0 b 0 1",
    ids.OP_TRACE_TEXTS: "0 b 0 1",
    ids.OP_LOCK: "",
    ids.OP_UNLOCK: "",
    ids.OP_KEY_SET: "0 y 16 16 1 y 32 32",
    ids.OP_SUBMIT_PART: "0 i 0 4294967295 1 i 0 65535 2 y 0 1024",
    ids.OP_SUBMIT_COMMIT: "0 i 1 4294967295 ?2 y 0 1024 3 i 0 65535 4 i 0 4294967295"
    " ?5 i 0 4294967295 ?6 i 0 255 ?7 i 0 9999 ?8 i 0 999999 ?9 i 0 999999 ?11 i 1 4",
    ids.OP_CANCEL: "0 i 0 4294967295 ?11 i 1 4",
    ids.OP_QUERY: "?0 i 0 4294967295 ?7 i 0 9999 ?8 i 0 999999 ?9 i 0 999999 ?11 i 1 4",
    ids.OP_ANSWER: "0 i 0 4294967295 ?1 i 0 65535 ?11 i 1 4",
    ids.OP_ANSWER_DONE: "0 i 0 4294967295 ?10 b 0 1 ?11 i 1 4",
    ids.OP_ENDS: "0 i 0 4294967295 ?11 i 1 4",
}


def arguments(op: int, given: dict):
    """The arguments that `op` knows, out of those that were given; None: nobody knows `op`.

    What the row does not name is left out: a newer side may say more. Raises CborError, its reason
    for engineers: "argument 2", the key of what is absent or does not fit.
    """
    row = ROWS.get(op)
    if row == "*":
        return _settings(given)
    if not row:
        return None if row is None else {}
    taken = {}
    words = row.split(" ")
    assert len(words) % 4 == 0  # key, kind, from, to
    for at in range(0, len(words), 4):
        key = int(words[at].lstrip("?"))
        if key in given:
            value = given[key]
            if not _fits(value, words[at + 1], int(words[at + 2]), int(words[at + 3])):
                raise CborError("argument %d" % key)
            taken[key] = value
        elif words[at][0] != "?":
            raise CborError("argument %d" % key)
    return taken


def _fits(value, kind, low, high):
    if kind == "b":
        return value is True or value is False
    if kind == "t":
        return isinstance(value, str) and low <= len(value) <= high
    if kind == "y":
        return isinstance(value, bytes) and low <= len(value) <= high
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _settings(given):
    for name in given:
        if not isinstance(name, str) or len(name) > _NAME_MAX:
            raise CborError("name")
        # To CPython true and false are integers, to MicroPython they are not.
        if not isinstance(given[name], (str, int, bool)):
            raise CborError("value")
    return given
