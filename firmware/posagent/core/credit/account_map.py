"""The answer of OP_CREDIT: all that is known of the SIM card's account."""

from posproto import ids

from . import forecast


def build(c):
    """The account as a map by CRD_*."""
    flags = ids.CRF_DROPS_DATA if c.drops else 0
    flags |= ids.CRF_MUTE if c.mute else 0
    flags |= ids.CRF_STORE_FULL if c.store_full else 0
    next_s = None if c.next_s is None else max(c.next_s - c.clock.s, 0)
    known = c.balance_minor is not None
    values = {
        ids.CRD_STATE: c.state,
        ids.CRD_BALANCE_MINOR: c.balance_minor,
        ids.CRD_CURRENCY: c.currency or None,
        ids.CRD_BALANCE_S: c.balance_s if known else None,
        ids.CRD_NEXT_S: next_s,
        ids.CRD_EVIDENCE: c.evidence or None,
        ids.CRD_HISTORY: c.history or None,
        ids.CRD_DAYS_LEFT: c.days_left,
        ids.CRD_PACE: forecast.pace(c),
        ids.CRD_FEE: [c.fee_dom, c.fee_minor] if c.fee_dom else None,
        ids.CRD_VALID_DAY: c.valid_day or None,
        ids.CRD_LEFT_KB: c.left_kb,
        ids.CRD_TRAFFIC: c.traffic_bytes,
        ids.CRD_TRAFFIC_BEFORE: c.traffic_before,
        ids.CRD_QUERIES: [c.asked, c.paid, c.config["balance_paid_month"]],
        ids.CRD_WAY: None if c.way == "-" else c.way,
        ids.CRD_PLAN: c.plan or None,
        ids.CRD_WARNING: c.warn or None,
        ids.CRD_FLAGS: flags or None,
        ids.CRD_TEXT: c.unread or None,
    }
    return {key: values[key] for key in values if values[key] is not None}
