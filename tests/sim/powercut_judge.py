"""The messages of the scripted day of powercut.py, and what must hold after a cut.

Runs on MicroPython. `day` is a View of the agent's world after it started on what the cut left, as
one acquirer has it; `known`, what the application had been told before: (kind or E_*, message id).
"""

from binascii import unhexlify

import cup_frames as cup
from posproto import cbor, ids

# The day's messages by id, and what the acquirer does with them when they come first.
SIGN_ON, SALE, DECLINED, LOST, REVERSAL, ADVICE, REPEATED, REFUND, SCRIPT = range(1, 10)
CANCELLED, VOID, SETTLE, DETAIL, END, LAST = range(10, 16)
SILENT = {"silent": True}


def messages(batch):
    """{id: (message, what the acquirer does)} of the day, in the batch of that number."""
    return _MESSAGES[batch]


def _of_batch(batch):
    return {
        SIGN_ON: (cup.sign_on(1, batch), {}),
        SALE: (cup.sale(2, batch), {}),
        DECLINED: (cup.sale(3, batch), {"f39": "51"}),
        LOST: (cup.sale(4, batch), SILENT),
        REVERSAL: (cup.reversal(4, batch), {}),
        ADVICE: (cup.advice(5, batch), {}),
        REPEATED: (cup.advice(6, batch), SILENT),
        REFUND: (cup.refund(7, batch), {}),
        SCRIPT: (cup.script_result(8, batch), {}),
        CANCELLED: (cup.advice(9, batch), {}),
        VOID: (cup.reversal(10, batch), SILENT),
        SETTLE: (cup.settlement(11, batch), {}),
        DETAIL: (cup.detail(12, batch), {}),
        END: (cup.end_marker(13, batch, code=207), {}),
        LAST: (cup.advice(14, batch), {}),
    }


_MESSAGES = {batch: _of_batch(batch) for batch in (1, 2)}
STANS = (0, 1, 2, 3, 4, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)
VOLATILE = (SIGN_ON, SALE, DECLINED, LOST)
_ONCE = VOLATILE + (REFUND, SETTLE)
_ADVICES = (ADVICE, REPEATED, LAST)


def judge_whole(day):
    """The uncut day itself: every message has the end that the acquirer gave it."""
    states = [day.state(one) for one in range(6, 16)]
    assert states == [ids.MS_DONE] * 4 + [ids.MS_CANCELLED] + [ids.MS_DONE] * 5
    assert day.host.charges == {(day.batch, 2): 1, (day.batch, 4): 0}
    assert day.settlement.batch[ids.MSG_STATE] == ids.SET_OPEN  # the last advice


def judge(day, known):
    """What must hold after any cut. `known` is what the application knew before it."""
    accepted = {one for kind, one in known if kind in ("accepted", "tries")}
    gone = {one for kind, one in known if kind in ("cancelled", "done", "fetched")}
    arrived = [cup.read(frame) for frame, _ in day.host.log]
    for one in accepted:
        standing = day.standing(one)
        if not standing.state and one in gone:
            continue  # its slot was used again
        assert standing.state, ("lost", one)
        assert standing.over(), ("still open", one, standing.state)
        frame = day.messages[one][0]
        count = len([1 for sent, _ in day.host.log if sent == frame])
        if one in _ONCE:
            assert count <= 1, ("sent again", one)
        if ("cancelled", one) in known:
            assert count == 0, ("sent though withdrawn", one)
        elif one not in _ONCE and one not in gone and one != CANCELLED:
            assert standing.state == ids.MS_ACKNOWLEDGED and count, (
                "not delivered",
                one,
                standing.state,
                standing.why,
                count,
                known[-6:],
            )
            assert day.answer(one), ("answer lost", one)
        if (ids.E_ACKNOWLEDGED, one) in known and one not in VOLATILE:
            assert standing.state in (ids.MS_ACKNOWLEDGED, ids.MS_DONE), ("told, then lost", one)
    for one in (SALE, DECLINED, LOST):
        approved = day.state(one) == ids.MS_ACKNOWLEDGED
        if ("fetched", one) in known:
            approved = one == SALE
        charged = day.host.charges.get((day.batch, STANS[one]), 0)
        assert charged == (1 if approved else 0), ("charged", one, charged)
    for one in _ADVICES:
        if one in accepted:
            assert day.host.advices.get((day.batch, STANS[one])) == 1, ("booked", one)
    assert len(arrived) == len(day.host.log)


def judge_books(day, known):
    """What follows from an end is there as well: for the batch, for the sale that was reversed."""
    accepted = {one for kind, one in known if kind in ("accepted", "tries")}
    batch = day.settlement.batch[ids.MSG_STATE]
    assert batch != ids.SET_SENT
    if SETTLE in accepted and LAST not in accepted:
        answered = (ids.E_ACKNOWLEDGED, SETTLE) in known
        if answered or day.state(SETTLE) == ids.MS_ACKNOWLEDGED:
            assert batch >= ids.SET_BALANCED, ("answered", batch)
        elif day.state(SETTLE) == ids.MS_UNKNOWN:
            assert batch == ids.SET_NO_ANSWER, ("not answered", batch)
        if END in accepted and answered:
            assert batch == ids.SET_CLOSED, ("ended", batch)
    if REVERSAL in accepted:
        assert LOST not in [r[ids.MSG_ID] for r in day.settlement.outbox.issues()], "reversed"


_ENDS = {
    ids.MS_REFUSED: ids.E_REFUSED,
    ids.MS_UNKNOWN: ids.E_OUTCOME_UNKNOWN,
    ids.MS_EXPIRED: ids.E_EXPIRED,
    ids.MS_NOT_SENT: ids.E_NOT_SENT,
}
# What the application saw of these before it took them.
_BAD_ENDS = {DECLINED: (ids.E_REFUSED, ids.E_OUTCOME_UNKNOWN), LOST: (ids.E_OUTCOME_UNKNOWN,)}


def judge_told(day, known, told):
    """No bad end is missing in the log. `told`: (E_*, message id) of its events."""
    for record in day.settlement.outbox.records:
        event = _ENDS.get(record[ids.MSG_STATE])
        assert event is None or (event, record[ids.MSG_ID]) in told, ("untold", record.args())
    for one, events in _BAD_ENDS.items():
        if ("done", one) in known or ("fetched", one) in known:
            assert [1 for event in events if (event, one) in told], ("taken, never told", one)


def judge_log(day, image, used, known):
    """The log is readable, no number is used twice, not one that only a host saw either, and
    nothing on flash is card data. `used` is the next number before the cut.
    """
    day.day.log.flush()
    at, last, found = 0, -1, 0
    told = []
    assert day.day.log.damaged == 0
    while True:
        records, at, _ = day.day.log.read(at, 20)
        if not records:
            break
        for data in records:
            event = cbor.decode(data)
            assert event[ids.EV_SEQUENCE] > last
            last = event[ids.EV_SEQUENCE]
            boot = event[ids.EV_BOOT]
            if boot == day.day.log.boot:
                assert last >= day.day.used >= used
            else:
                assert boot < day.day.log.boot and last < used
            found += 1
            args = event.get(ids.EV_ARGS, {})
            if args.get(ids.A_ACQUIRER, 1) == day.number:
                told.append((event[ids.EV_ID], args.get(ids.A_RECORD)))
    assert found
    judge_told(day, known, told)
    for secret in _SECRETS:
        assert image.find(secret) < 0, "card data on flash"


_SECRETS = (
    unhexlify(cup.PAN[:16]),
    cup.PAN.encode(),
    unhexlify("0" + cup.PAN),  # as in the upload, behind a zero
    b"\x5a" * 8,  # the PIN block
    b"\xee" * 16,  # work keys of the sign-on
)
