"""The payment application's side: what to ask the agent's outbox, and what its replies mean.

Pure: each function gives (operation, args) for frames.put_request(), or reads the value of a
response. Repeat a request with the same bytes until its response comes; a message handed in twice
under one id is taken once. A message counts as taken only when its commit was answered R_OK, and
what it was about is over only when done() was.

A terminal with several acquirers names one with each message and each question about it, by the
number in its settings (2 is `acquirer.2.host`); 0 or 1 is the first. Each has message ids, trace
numbers, batches and ends of its own.
"""

from binascii import crc32

from posproto import const, ids, parts

PART_MAX = const(500)  # bytes that fit a request, whatever else is in it


def hand_in(
    message_id,
    message,
    deadline_s=0,
    flags=0,
    mti=0,
    stan=0,
    batch=0,
    part_max=PART_MAX,
    acquirer=0,
):
    """Yields the requests that hand in `message` (bytes without the outer length prefix).

    `message_id`: the application's own number, 1..2**32-1, never used for another message.
    `deadline_s`: age at which it expires, 0: the agent's own. `flags`: MF_REPEATABLE, MF_OPAQUE;
    with the latter the agent cannot look inside, so `mti` (200 is 0200), `stan` and `batch` tell.
    """
    args = {ids.SUB_ID: message_id, ids.SUB_LENGTH: len(message), ids.SUB_CRC: crc32(message)}
    for key, value in (
        (ids.SUB_DEADLINE_S, deadline_s),
        (ids.SUB_FLAGS, flags),
        (ids.SUB_MTI, mti),
        (ids.SUB_STAN, stan),
        (ids.SUB_BATCH, batch),
        (ids.SUB_ACQUIRER, acquirer),
    ):
        if value:
            args[key] = value
    if len(message) <= part_max:
        args[ids.SUB_BYTES] = bytes(message)
    else:
        for offset, part in parts.split(message, part_max):
            part = {ids.SUB_ID: message_id, ids.SUB_OFFSET: offset, ids.SUB_BYTES: bytes(part)}
            yield ids.OP_SUBMIT_PART, part
    yield ids.OP_SUBMIT_COMMIT, args


def _of(acquirer, args):
    if acquirer:
        args[ids.SUB_ACQUIRER] = acquirer
    return args


def cancel(message_id, acquirer=0):
    """Withdraws a message of which no byte left; R_REFUSED where one may have."""
    return ids.OP_CANCEL, _of(acquirer, {ids.SUB_ID: message_id})


def query(message_id, acquirer=0):
    """Where a message stands: Standing(value); R_NOT_FOUND: never taken, or over long ago."""
    return ids.OP_QUERY, _of(acquirer, {ids.SUB_ID: message_id})


def query_stan(stan, mti=0, batch=0, acquirer=0):
    """The same of the newest message of that STAN, and of the MTI and batch where these are named:
    for an application that knows its trace numbers better than its ids.
    """
    args = {ids.SUB_STAN: stan}
    if mti:
        args[ids.SUB_MTI] = mti
    if batch:
        args[ids.SUB_BATCH] = batch
    return ids.OP_QUERY, _of(acquirer, args)


def ends(since=0, acquirer=0):
    """What came to its end behind number `since`: Ends(value).

    Keep what an end means and its number (Standing.end) in one write, and ask from that number
    after whatever restart: so each end is heard exactly once.
    """
    return ids.OP_ENDS, _of(acquirer, {0: since})


def done(message_id, held=False, acquirer=0):
    """The application has noted the end of this message: the agent may forget its answer.

    `held`: the application has the answer. Where the agent restarted meanwhile and calls the
    outcome unknown, this says that nothing is to be reversed.
    """
    args = {ids.SUB_ID: message_id}
    if held:
        args[ids.SUB_HELD] = True
    return ids.OP_ANSWER_DONE, _of(acquirer, args)


class Answer:
    """Fetches the answer to a message: send request(), give the value to add(), until whole."""

    def __init__(self, message_id, acquirer=0):
        self._id = message_id
        self._acquirer = acquirer
        self._data = bytearray()
        self.data = None  # bytes, once whole

    def request(self):
        """The next request."""
        args = {ids.SUB_ID: self._id, ids.SUB_OFFSET: len(self._data)}
        return ids.OP_ANSWER, _of(self._acquirer, args)

    def add(self, value):
        """Takes the value of a response; True when the answer is whole in `data`.

        Starts again where it does not fit (the agent restarted, say). Raises ValueError where
        the value is no part of an answer.
        """
        try:
            offset, data, length, crc = (
                value[ids.SUB_OFFSET],
                value[ids.SUB_BYTES],
                value[ids.SUB_LENGTH],
                value[ids.SUB_CRC],
            )
        except (KeyError, TypeError):
            raise ValueError("no part")
        if offset != len(self._data) or not data:
            self._data = bytearray()
            return False
        self._data += data
        if len(self._data) < length:
            return False
        if len(self._data) > length or crc32(self._data) != crc:
            self._data = bytearray()
            return False
        self.data = bytes(self._data)
        return True


class Standing:
    """Where a message stands, made from the value of a response: to a query or a commit, refused
    ones too, and of each message in Ends.
    """

    def __init__(self, value):
        value = value or {}
        self.id = value.get(ids.MSG_ID, 0)
        self.state = value.get(ids.MSG_STATE, 0)  # MS_*; 0: unknown to the agent
        self.why = value.get(ids.MSG_WHY, 0)  # WHY_*
        self.mti = value.get(ids.MSG_MTI, 0)
        self.stan = value.get(ids.MSG_STAN, 0)
        self.attempts = value.get(ids.MSG_ATTEMPTS, 0)
        self.f39 = value.get(ids.MSG_F39, "")
        self.rrn = value.get(ids.MSG_RRN, "")
        self.answer_bytes = value.get(ids.MSG_ANSWER, 0)
        self.elapsed_ms = value.get(ids.MSG_ELAPSED_MS, 0)
        self.flags = value.get(ids.MSG_FLAGS, 0)  # MF_*
        self.acquirer = value.get(ids.MSG_ACQUIRER, 0)  # where another one has the same bytes
        self.end = value.get(ids.MSG_END, 0)  # the number of its end; 0: it has none yet

    def over(self):
        """Will the agent do nothing more about it?"""
        return self.state > ids.MS_SENT

    def reversal_due(self):
        """Does the application owe the host a reversal? A late answer changes nothing of that."""
        return self.state == ids.MS_UNKNOWN and self.flags & ids.MF_REVERSAL_DUE > 0

    def may_hand_in_again(self):
        """Is it certain that the host never saw a byte of it?"""
        return self.state in (ids.MS_NOT_SENT, ids.MS_CANCELLED)


class Ends:
    """The answer to ends(): Standings in the order of the ends; the number to ask on from, or 0
    where there are no more. `newest` below what was asked for: another outbox, ask from 0.
    """

    def __init__(self, value):
        value = value or {}
        self.messages = [Standing(message) for message in value.get(ids.REP_MESSAGES, ())]
        self.more = value.get(ids.REP_NEXT, 0)
        self.newest = value.get(ids.REP_END, 0)


def event(record):
    """(message id, E_*, arguments by A_*) of an event frame about a message, else None."""
    args = record.get(ids.EV_ARGS, {})
    if record.get(ids.EV_ID, 0) < ids.E_SUBMITTED or ids.A_RECORD not in args:
        return None
    return args[ids.A_RECORD], record[ids.EV_ID], args
