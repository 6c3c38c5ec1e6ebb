"""The answers of OP_SETTLEMENT and OP_ENDS: messages, batch, verdicts. `s` is the Settlement."""

from posproto import const, ids

from .sealed import TERMINAL

_MESSAGES_MAX = const(6)  # in one answer
_VERDICTS_MAX = const(4)
_RULE = ("paid_after_days", "paid_on", "cut_off_h", "helpdesk")


def ends(s, since: int) -> dict:
    """OP_ENDS, by REP_*: what came to its end behind MSG_END `since`, in the order of the ends."""
    s.poll()
    over = [r for r in s.outbox.records if r[ids.MSG_END] > since and not r.live()]
    over.sort(key=lambda r: r[ids.MSG_END])
    assert not over or over[-1][ids.MSG_END] <= s.outbox.ends  # else it would be asked for again
    told = {
        ids.REP_MESSAGES: [r.as_map(s.clock) for r in over[:_MESSAGES_MAX]],
        ids.REP_END: s.outbox.ends,
    }
    if len(over) > _MESSAGES_MAX:
        told[ids.REP_NEXT] = over[_MESSAGES_MAX - 1][ids.MSG_END]
    return told


def summary(s, order: int) -> dict:
    """OP_SETTLEMENT, by REP_*: messages from MSG_ORDER `order` on, in order."""
    s.poll()
    shown = [r for r in s.outbox.records if r[ids.MSG_ORDER] >= order]
    shown.sort(key=lambda r: r[ids.MSG_ORDER])
    busiest = s.busiest()
    answer = {
        ids.REP_MESSAGES: [r.as_map(s.clock) for r in shown[:_MESSAGES_MAX]],
        ids.REP_SETTLEMENT: s.batch.as_map(s.clock),
        ids.REP_VERDICTS: s.verdicts[:_VERDICTS_MAX],
        ids.REP_TRAFFIC: busiest[:5],
        ids.REP_REPEATS: busiest[5:],
    }
    who = s.outbox.storage.read(TERMINAL) if not order else None
    if not order:
        answer[ids.REP_CODES] = [s.config["dialect"], s.config["f39_groups"]]
        answer[ids.REP_SOLD] = s.outbox.sold
        rule = [s.config[name] for name in _RULE]
        rule[1] = rule[1] == "working"
        answer[ids.REP_PAYS] = rule
        answer[ids.REP_END] = s.outbox.ends
    if who:
        answer[ids.REP_TERMINAL] = _lines(who)
    if len(shown) > _MESSAGES_MAX:
        answer[ids.REP_NEXT] = shown[_MESSAGES_MAX][ids.MSG_ORDER]
    return answer


def _lines(who):
    """Two lines; what is damaged on flash is told as a question mark."""
    lines = bytes([c if 32 <= c < 127 or c == 10 else 63 for c in who])
    return (str(lines, "ascii").split("\n") + [""])[:2]
