"""What each frame carries: CBOR maps under the integer keys of ids.py. SPEC.md tells the rest.

Writers take the Writer of FrameWriter.begin(); parsers keep keys that they do not know, so that an
old tool shows what it understands of a new agent, and the reverse.
"""

from posproto import cbor, const, ids

# What parse() met beside what it understands: bits.
NEWER_VERSION = const(1)  # the other side speaks a later protocol version
UNKNOWN_TYPE = const(2)
UNKNOWN_KEYS = const(4)  # kept in the record
MISFIT_KEYS = const(8)  # of another CBOR type than agreed: left out of the record

# CBOR type by key: u unsigned, i integer, t text, b bytes, a array, m map, * any.
_HELLO = b"uttuuuttu"
_STATUS = b"uuuuuuaiiuuuitiuuuuuuuuuutuuuiiuuuu"
_EVENT = b"uuuuuumub"
_REQUEST = b"u*bba"
_RESPONSE = b"u*t"
_STATUS_TEXTS = (ids.ST_CURRENCY, ids.ST_PLMN)
_SHAPES = (_HELLO, _STATUS, _EVENT, _EVENT, _REQUEST, _RESPONSE)  # by FRAME_*, from 1


def put_hello(w: cbor.Writer, hello: list) -> None:
    """`hello`: list by HELLO_* key; None = absent."""
    _put_list(w, hello)


def put_status(w: cbor.Writer, status: list) -> None:
    """`status`: list by ST_* key; None = absent. Allocates nothing if its texts are bytes and the
    integers are small: called each period and on change.
    """
    _put_list(w, status, _STATUS_TEXTS)


def _put_list(w, values, texts=()):
    n = 0
    for v in values:
        if v is not None:
            n += 1
    w.map(n)
    for key in range(len(values)):
        v = values[key]
        if v is not None:
            w.int(key)
            if key in texts:
                w.text(v)
            else:
                w.value(v)


def put_event(w: cbor.Writer, record: dict) -> None:
    """`record`: dict by EV_* key, EV_ARGS a dict by A_* key. Also the layout of log frames and of
    the records in the log on flash.
    """
    w.map(len(record))
    for key in sorted(record):
        w.int(key)
        value = record[key]
        if type(value) is int:  # nearly all
            w.int(value)
        else:
            w.value(value)


def put_request(w: cbor.Writer, op: int, args=None) -> None:
    """`args`: dict. Operations that change something go through keyed.put_request()."""
    _put_list(w, (op, args))


def put_response(w: cbor.Writer, result: int, value=None, detail=None) -> None:
    """`result` R_*; `value` as SPEC.md has it for the operation; `detail` text for engineers."""
    _put_list(w, (result, value, detail))


def parse_request(payload: bytes) -> dict:
    """The request as dict by RQ_* key; RQ_ARGS, where there, is a dict. Of a keyed one, operation
    and arguments are those of its COSE message, which nobody verified yet. Unknown keys are kept.

    Raises CborError, reason "request" where the CBOR is sound but no request.
    """
    record = _request(payload)
    message = record.get(ids.RQ_COSE)
    if message is not None:
        if len(message) != 4 or not isinstance(message[2], bytes) or ids.RQ_OP in record:
            raise cbor.CborError("request")
        inner = _request(message[2])
        for key in (ids.RQ_OP, ids.RQ_ARGS):
            if key in inner:
                record[key] = inner[key]
    args = record.get(ids.RQ_ARGS, {})
    if ids.RQ_MAC in record and isinstance(args, bytes):
        del record[ids.RQ_ARGS]  # as version 1 had it
    elif not isinstance(args, dict):
        raise cbor.CborError("request")
    if ids.RQ_OP not in record:
        raise cbor.CborError("request")
    return record


def _request(payload):
    record = cbor.decode(payload)
    if not isinstance(record, dict) or _sort_out(record, _REQUEST) & MISFIT_KEYS:
        raise cbor.CborError("request")
    return record


def parse(frame) -> tuple:
    """(record, flags) of any Frame: the dict by the keys of its type, and what was not understood
    as bits NEWER_VERSION, UNKNOWN_TYPE, UNKNOWN_KEYS, MISFIT_KEYS.

    Raises CborError when the payload is no CBOR map at all.
    """
    record = cbor.decode(frame.payload)
    if not isinstance(record, dict):
        raise cbor.CborError("no map")
    flags = NEWER_VERSION if frame.version > ids.PROTOCOL_VERSION else 0
    if not 0 < frame.type <= len(_SHAPES):
        return record, flags | UNKNOWN_TYPE
    return record, flags | _sort_out(record, _SHAPES[frame.type - 1])


def _sort_out(record, shape):
    flags = 0
    for key in list(record):
        if not isinstance(key, int) or not 0 <= key < len(shape):
            flags |= UNKNOWN_KEYS
        elif not _fits(record[key], shape[key]):
            flags |= MISFIT_KEYS
            del record[key]
    return flags


def _fits(v, letter):
    if letter == 0x2A:  # *
        return True
    if isinstance(v, bool):
        return False
    if letter == 0x75:  # u
        return isinstance(v, int) and v >= 0
    kinds = {0x69: int, 0x74: str, 0x62: bytes, 0x61: list, 0x6D: dict}
    return isinstance(v, kinds[letter])
