"""Which answer belongs to which request, and what may be done without one.

The kinds of messages stand in one table; nothing here knows a clock or a queue.
"""

from posproto import const

from . import kinds
from .responses import group

# How an arrived message relates to the one that waits for an answer.
UNRELATED = const(0)
ANSWER = const(1)
REJECTED = const(2)  # the request itself came back, or a 0620 about it: refused, not unanswered
LATE = const(3)  # the sale's answer while its reversal waits: the 0410 decides

# What of a request is kept on flash before its first byte leaves.
KEEP_NOTHING = const(0)
KEEP_MARKER = const(1)  # MTI, F11, F60.2, time: never the frame
KEEP_MESSAGE = const(2)  # encrypted, erased when acknowledged

# What a matching answer means for a request.
DONE = const(0)
REFUSED = const(1)  # stop and report
RETRY = const(2)  # repeat the same bytes after a pause
UNCLEAR = const(3)  # it says neither yes nor no: as good as none

# What a 0510 says. The numbers 1 to 3 are the flags of its F48.
SETTLE_REFUSED = const(0)
SETTLE_BALANCED = const(1)
SETTLE_UNBALANCED = const(2)
SETTLE_ERROR = const(3)
SETTLE_NO_FLAGS = const(4)  # accepted, and nothing said about the totals
SETTLE_DIFFERENCE = const(5)  # closed although the totals differ

_KEEP = const(8)  # KEEP_* times this
_MARKER = const(8)
_MESSAGE = const(16)
_AGAIN = const(32)  # the same bytes may leave again

# What a terminal may send: its rank, what of it is kept, and whether it is repeated unasked.
_KINDS = {
    kinds.AUTHORISATION: kinds.RANK_LIVE | _MARKER,
    kinds.AUTHORISATION_ADVICE: kinds.RANK_ADVICE | _MESSAGE | _AGAIN,
    kinds.SALE: kinds.RANK_LIVE | _MARKER,
    kinds.ADVICE: kinds.RANK_ADVICE | _MESSAGE | _AGAIN,
    kinds.UPLOAD: kinds.RANK_UPLOAD | _MESSAGE | _AGAIN,
    kinds.REVERSAL: kinds.RANK_REVERSAL | _MESSAGE | _AGAIN,
    kinds.REVERSAL_ADVICE: kinds.RANK_REVERSAL | _MESSAGE | _AGAIN,
    kinds.SETTLEMENT: kinds.RANK_SETTLEMENT | _MESSAGE,
    kinds.SCRIPT_RESULT: kinds.RANK_SCRIPT | _MESSAGE | _AGAIN,
    kinds.NETWORK: kinds.RANK_LIVE,
    kinds.NETWORK_ADVICE: kinds.RANK_LIVE | _AGAIN,
}


def is_request(mti: int) -> bool:
    """True for what a terminal may send; answers and unknown kinds are refused at submit."""
    return mti // 10 in _KINDS


def rank(mti: int) -> int:
    """RANK_*: the lower one leaves first."""
    return _KINDS.get(mti // 10, 0) & 7


def keep(mti: int) -> int:
    """KEEP_*. A request for money keeps no frame: card data must not outlive it."""
    return _KINDS.get(mti // 10, 0) // _KEEP & 3


def is_refund(request) -> bool:
    """A refund sent as an advice."""
    if request.mti // 10 != kinds.ADVICE:
        return False
    return request.f60_1 in ("25", "27") or (request.f3 or "")[:2] == "20"


def may_resend(request, refunds: bool = False) -> bool:
    """May the same bytes leave again, unasked, once a byte of them was accepted by the socket?

    `refunds`: the application said that its refund advices are repeatable.
    """
    again = _KINDS.get(request.mti // 10, 0) & _AGAIN
    return bool(again) and (refunds or not is_refund(request))


def reversal_due(request) -> bool:
    """Does a lost answer leave a possible charge that the application must reverse?"""
    if request.mti // 10 not in (kinds.AUTHORISATION, kinds.SALE):
        return False
    return (request.f3 or "")[:2] != "31"  # a balance inquiry moves nothing


_REVERSALS = (kinds.REVERSAL, kinds.REVERSAL_ADVICE)
_COMPARED = ("f3", "f4", "f7", "f41", "f42")


def differences(request, message) -> list:
    """Names of the fields that both carry with different values. A host's F12, F13 and F37 are
    its own and never compared.
    """
    found = []
    for name in _COMPARED:
        a, b = getattr(request, name), getattr(message, name)
        if a is not None and b is not None and a.strip() != b.strip():
            found.append(name)
    return found


def relate(request, message, keys: str = "") -> int:
    """How a parsed message from the host relates to the request that waits: UNRELATED...

    The key is the MTI's class and F11, and F60.2 where both carry it: hosts rewrite F41, F42 and
    more. `keys`: fields (numbers, with blanks between) that must be equal for this acquirer too.
    F60.2 counts only in an answer that accepts: a host that refuses a batch may name its own, and
    a sign-on may assign a new one.
    """
    if message.f11 is None or message.f11 != request.f11:
        return UNRELATED
    if keys:
        for name in differences(request, message):
            if name[1:] in keys.split():
                return UNRELATED
    kind = request.mti // 10
    got = message.mti // 10
    if got == kind or (got == kinds.SCRIPT_RESULT and kind != kinds.SCRIPT_RESULT):
        return REJECTED
    if kind in _REVERSALS and got in (kinds.AUTHORISATION + 1, kinds.SALE + 1):
        return LATE
    # The origin digit may come back as sent or without its repeat mark.
    if got != kind + 1 or message.mti % 10 // 2 != request.mti % 10 // 2:
        return UNRELATED
    if kind != kinds.NETWORK and (message.f39 is None or group(message.f39) == "A"):
        batch = request.f60_2
        if batch is not None and message.f60_2 is not None and batch != message.f60_2:
            return UNRELATED
    return ANSWER


def outcome(request, answer, overrides: dict | None = None, national: bool = True) -> int:
    """DONE, REFUSED, RETRY or UNCLEAR for an answer that matched. An absent F39 is no refusal: a
    0510 may say all in its flags, and what only asks for a sign of life has it.
    """
    kind = request.mti // 10
    if answer.f39 is None:
        said = kind in (kinds.NETWORK, kinds.NETWORK_ADVICE)
        if kind == kinds.SETTLEMENT:
            said = answer.flags and max(answer.flags)
        return DONE if said else UNCLEAR
    letter = group(answer.f39, overrides, national)
    if letter == "A":
        return DONE
    if answer.f39 == "94" and kind in (kinds.AUTHORISATION_ADVICE, kinds.ADVICE):
        return DONE  # the host holds it already
    if answer.f39 == "25" and kind in _REVERSALS:
        return DONE  # nothing to undo
    if letter == "R" and _KINDS.get(kind, 0) & _AGAIN and kind != kinds.NETWORK_ADVICE:
        return RETRY
    return REFUSED


def settlement(answer, flagged: bool) -> int:
    """What a 0510 says: SETTLE_*. `flagged`: the dialect reports the totals in F48 (CUP)."""
    if answer.f39 == "95":
        return SETTLE_UNBALANCED
    if answer.f39 == "77" and not flagged:
        return SETTLE_DIFFERENCE
    if answer.f39 not in ("00", None) or (answer.f39 is None and not answer.flags):
        return SETTLE_REFUSED
    if not flagged:
        return SETTLE_BALANCED
    worst = max(answer.flags or (0,))
    return min(worst, SETTLE_ERROR) if worst else SETTLE_NO_FLAGS


def end_mismatch(state: int, f60_3: str) -> bool:
    """Does the end marker of the upload contradict the 0510?"""
    if f60_3 == str(kinds.END_BALANCED):
        return state in (SETTLE_UNBALANCED, SETTLE_ERROR)
    return f60_3 == str(kinds.END_UNBALANCED) and state == SETTLE_BALANCED
