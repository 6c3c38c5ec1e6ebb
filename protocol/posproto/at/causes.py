"""Reject causes: how lasting they are, what timer rules, what they say of the account.

EMM, GMM and MM (TS 24.301 cl. 9.9.3.9, TS 24.008 cl. 10.5.5.14 and 10.5.3.6) share a table, ESM
and SM (TS 24.301 cl. 9.9.4.4, TS 24.008 cl. 10.5.6.6) the other. Names and clauses are the
host tool's texts.
"""

from posproto import ids

# Number, class << 4 | timer, account: ids.CLASS_*, TIMER_*, ACCOUNT_*.
_EMM = (
    b"\x02\x35\x02\x03\x35\x02\x04\x11\x00\x05\x35\x03\x06\x35\x03\x07\x35\x01\x08\x35\x01"
    b"\x09\x11\x00\x0a\x11\x00\x0b\x26\x05\x0c\x26\x07\x0d\x26\x05\x0e\x26\x05\x0f\x26\x04"
    b"\x10\x12\x00\x11\x12\x00\x12\x10\x00\x13\x12\x06\x14\x12\x09\x15\x12\x09\x16\x13\x00"
    b"\x17\x12\x00\x18\x12\x00\x19\x20\x00\x1a\x12\x09\x1f\x20\x00\x20\x40\x00\x21\x40\x04"
    b"\x22\x12\x00\x23\x26\x05\x26\x10\x00\x27\x13\x00\x28\x11\x00\x2a\x13\x00\x4e\x20\x00"
)
_ESM = (
    b"\x08\x34\x01\x19\x12\x00\x1a\x13\x00\x1b\x34\x06\x1c\x40\x00\x1d\x34\x06\x1e\x34\x08"
    b"\x1f\x14\x00\x20\x34\x04\x21\x34\x04\x22\x14\x00\x23\x12\x00\x24\x11\x08\x25\x40\x00"
    b"\x26\x14\x00\x27\x11\x00\x28\x40\x00\x2b\x40\x00\x32\x41\x00\x33\x41\x00\x34\x41\x00"
    b"\x35\x12\x00\x36\x12\x00\x37\x40\x00\x38\x11\x00\x39\x41\x00\x3a\x41\x00\x3b\x40\x00"
    b"\x3c\x40\x00\x3d\x41\x00\x41\x40\x00\x42\x24\x04\x70\x40\x00"
)
# +CME ERROR numbers outside the rule "100 more than the cause".
_CME = b"\x95\x1d\xb1\x08\xb2\x41\xb3\x42\xbd\x23\xbe\x26\xbf\x27\xc0\x32\xc1\x33\xc2\x34\xcc\x2a"


def packed(domain, number):
    """The one number that stands for a domain, CAUSE_*, and a number of it: 0 to 4095."""
    if 0 <= number <= 255:
        return domain << 8 | number
    return ids.WIDE_CAUSE | domain << 12 | (number if 0 < number < 4096 else 4095)


def judge(domain, cause):
    """(class, timer, account) of a cause number; None where the standards leave it open.

    ACCOUNT_ROAMING (EMM 11, 13, 14) at home means barred, or that the plan ended.
    """
    table = _ESM if domain == ids.CAUSE_ESM else _EMM
    for i in range(0, len(table), 3):
        if table[i] == cause:
            return table[i + 1] >> 4, table[i + 1] & 15, table[i + 2]
    if domain == ids.CAUSE_ESM:
        first = 81
    else:
        first = 95
        if 48 <= cause <= 63:
            # Retry upon entry into a new cell.
            return ids.CLASS_AREA, ids.TIMER_NONE, ids.ACCOUNT_NONE
    if first <= cause <= 111:
        return ids.CLASS_TEMPORARY, ids.TIMER_ATTEMPTS, ids.ACCOUNT_NONE  # protocol errors
    return None


def from_cme(code):
    """(domain, cause) behind a +CME ERROR number (TS 27.007 cl. 9.2.2); None behind the others."""
    if 102 <= code <= 119 or code in (122, 125):
        return ids.CAUSE_EMM, code - 100
    if 126 <= code <= 138:
        return ids.CAUSE_ESM, code - 100
    for i in range(0, len(_CME), 2):
        if _CME[i] == code:
            cause = _CME[i + 1]
            return (ids.CAUSE_EMM if cause in (35, 42) else ids.CAUSE_ESM), cause
    return None
