"""A locked terminal with two acquirers, a cable and no key: whatever is asked of either, in
whatever wrapping, nothing goes out, is withdrawn, is taken or is read as bytes.
"""

from binascii import a2b_base64

import cup_frames as cup
from posagent.core.host import device_key, requests
from posagent.core.life import config
from posagent.core.settlement import acquirers, dialect, events, sealed, summary, vault
from posagent.core.settlement import submit as handover
from pospractice import soft_aes
from posproto import auth, cbor, cose, frames, ids, keyed, submit
from posproto.link import FrameReader
from safe_host import KEY
from whole_host import VALUES, LockedHost

# Loaded here once: the agent loads them for each request.
LOADED = (acquirers, config, device_key, dialect, handover, requests, summary, vault)
OPERATIONS = range(ids.OP_SUBMIT_PART, ids.OP_ENDS + 1)
PAN = b"4761739001010119"
PACKED = b"\x47\x61\x73\x90\x01\x01\x01\x19"
SECOND = {"acquirer.2.host": "203.0.113.9", "acquirer.2.port": 6000, "acquirer.2.closed_apn": True}


def two_acquirers():
    """Each with a sale whose answer waits for the application, an advice and a reversal."""
    if vault.aes is None:
        vault.aes = soft_aes.aes
    VALUES.update(SECOND)
    try:
        host = LockedHost()
    finally:
        for name in SECOND:
            VALUES.pop(name)
    for number in (1, 2):
        for at, message in enumerate(
            (cup.sale(number), cup.advice(10 + number), cup.reversal(20 + number))
        ):
            for op, args in submit.hand_in(10 * number + at, message, acquirer=number):
                assert host.tell(op, args)[0] == ids.R_OK
        outbox = of(host, number).outbox
        sold = outbox.records[0]
        outbox.happens(sold, events.LEAVES)
        sealed.keep_answer(outbox, sold, ids.MS_ACKNOWLEDGED, 0, b"\x02\x10" + PAN + PACKED)
        outbox.happens(sold, events.CONFIRMED)
    return host


def of(host, number):
    return host.agent.settlement._of(number)


def kept(host):
    """All that the terminal has of both, as it would be after a power cut, too."""
    files = host.storage.files
    names = [n for n in files if n.split(".")[-1][:2] in ("om", "ob", "oa")]
    records = [[bytes(r.raw) for r in of(host, number).outbox.records] for number in (1, 2)]
    return records, {name: bytes(files[name]) for name in names}


def asked(number):
    """The arguments of each operation, about what this acquirer has."""
    whole = {ids.SUB_ID: 10 * number, ids.SUB_ACQUIRER: number}
    message = cup.advice(77)
    for op in OPERATIONS:
        if op == ids.OP_SUBMIT_PART:
            yield op, {ids.SUB_ID: 99, ids.SUB_OFFSET: 0, ids.SUB_BYTES: b"x"}
        elif op == ids.OP_SUBMIT_COMMIT:
            for _, args in submit.hand_in(98, message, acquirer=number):
                yield op, args
        elif op == ids.OP_ENDS:
            yield op, {ids.SUB_ID: 0, ids.SUB_ACQUIRER: number}
        else:
            for at in range(3):
                args = dict(whole)
                args[ids.SUB_ID] += at
                yield op, args


def wrapped(op, args, nonce, request_id):
    """The same request as those write it who have no key, an old one or one that is no command."""
    inner = cbor.encode({ids.RQ_OP: op, ids.RQ_ARGS: args}, 900)
    aad = keyed.additional("pos", request_id, nonce)
    mine = cose.key_id(KEY)
    yield {ids.RQ_OP: op, ids.RQ_ARGS: args}
    yield {ids.RQ_OP: op, ids.RQ_ARGS: args, ids.RQ_NONCE: nonce}
    yield {ids.RQ_OP: op, ids.RQ_ARGS: args, ids.RQ_NONCE: nonce, ids.RQ_MAC: b"m" * 32}
    yield {ids.RQ_OP: op, ids.RQ_ARGS: args, ids.RQ_COSE: [b"", {}, inner, b""]}
    yield {ids.RQ_NONCE: nonce, ids.RQ_COSE: [b"\xa1\x01\x05", {4: mine}, inner, b"t" * 32]}
    yield {ids.RQ_NONCE: nonce, ids.RQ_COSE: [b"", {}, inner, b""]}
    for key in (b"o" * 32, auth.derive(KEY, auth.REPORT)):
        yield {ids.RQ_NONCE: nonce, ids.RQ_COSE: cose.mac0(key, inner, aad, kid=mine)}


class Cable:
    """What a technician's cable hears, whole."""

    def __init__(self, host):
        self.host = host
        self.heard = b""

    def say(self, request):
        self.host._id += 1
        self.host.writer.begin(ids.FRAME_REQUEST, self.host._id).value(request)
        return self.send(self.host.writer.end())

    def send(self, line):
        port = self.host.agent.host
        port.feed(line)
        port.serve()
        result = None
        while port.pending():
            line = port.take()
            self.heard += a2b_base64(line[2:-1])
            for frame in FrameReader().feed(line):
                if frame.type == ids.FRAME_RESPONSE:
                    result = frames.parse(frame)[0].get(ids.RS_RESULT)
        return result


def test_a_cable_without_the_key_reaches_nothing_of_either_acquirer():
    host = two_acquirers()
    cable = Cable(host)
    before = kept(host)
    for number in (1, 2, 3):
        for op, args in asked(number):
            for way in range(8):
                host.storage.remove("wrong")  # as if each time the wait had been sat out
                nonce = host.ask(ids.OP_CHALLENGE)[1][0]
                request = list(wrapped(op, args, nonce, host._id + 1))[way]
                result = cable.say(request)
                refusals = (ids.R_KEY_NEEDED, ids.R_KEY_WRONG, ids.R_OLD, ids.R_BAD_REQUEST)
                assert result in refusals, (op, args, way, result)
        cable.say({ids.RQ_OP: ids.OP_SETTLEMENT, ids.RQ_ARGS: {ids.SUB_ACQUIRER: number}})
    assert kept(host) == before
    assert PAN not in cable.heard and PACKED not in cable.heard
    assert host.agent.counters[ids.C_LAST_RESORT] == 0
    answer = host.tell(ids.OP_ANSWER, {ids.SUB_ID: 20, ids.SUB_ACQUIRER: 2})
    assert PAN in answer[1][ids.SUB_BYTES]


def test_with_the_key_no_answers_bytes_come_over_the_cable_and_a_recorded_order_does_nothing():
    host = two_acquirers()
    cable = Cable(host)
    for number in (1, 2):
        args = {ids.SUB_ID: 10 * number, ids.SUB_ACQUIRER: number}
        assert host.change(ids.OP_ANSWER, args)[:2] == (ids.R_REFUSED, None)
        assert host.change(*submit.query(10 * number, number))[0] == ids.R_OK
        assert host.change(*submit.cancel(10 * number + 1, number))[0] == ids.R_OK
        recorded = host.line
        for op, args in submit.hand_in(50 + number, cup.advice(50 + number), acquirer=number):
            assert host.tell(op, args)[0] == ids.R_OK
        before = kept(host)
        for _ in range(5):  # the agent forgets what it answered
            host.ask(ids.OP_HELLO)
        assert cable.send(recorded) == ids.R_STALE
        assert kept(host) == before
    assert PAN not in cable.heard and PACKED not in cable.heard
