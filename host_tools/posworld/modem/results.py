"""Final results as a modem words them (V.250 cl. 5.7, TS 27.007 cl. 9.2, TS 27.005 cl. 3.2.5)."""

OK = ("OK",)
ERROR = ("ERROR",)
CONNECT = ("CONNECT",)
NO_CARRIER = ("NO CARRIER",)
LATER = ("LATER",)  # the handler answers in its own time through modem.finish()
SILENT = ("SILENT",)  # the handler has written its own final line

_TERSE = {"OK": "0", "CONNECT": "1", "RING": "2", "NO CARRIER": "3", "ERROR": "4"}

CME_TEXTS = {
    3: "operation not allowed",
    4: "operation not supported",
    10: "SIM not inserted",
    11: "SIM PIN required",
    12: "SIM PUK required",
    13: "SIM failure",
    14: "SIM busy",
    15: "SIM wrong",
    16: "incorrect password",
    20: "memory full",
    21: "invalid index",
    22: "not found",
    30: "no network service",
    31: "network timeout",
    50: "incorrect parameters",
    100: "unknown",
    107: "GPRS services not allowed",
    126: "insufficient resources",
    127: "missing or unknown APN",
    129: "user authentication failed",
    131: "activation rejected, unspecified",
    132: "service option not supported",
    133: "requested service option not subscribed",
    134: "service option temporarily out of order",
    148: "unspecified GPRS error",
    149: "PDP authentication failure",
    177: "operator determined barring",
}
CMS_TEXTS = {
    8: "operator determined barring",
    38: "network out of order",
    50: "requested facility not subscribed",
    302: "operation not allowed",
    305: "invalid text mode parameter",
    310: "SIM not inserted",
    313: "SIM failure",
    321: "invalid memory index",
    322: "memory full",
    331: "no network service",
    332: "network timeout",
    500: "unknown error",
}


def cme(number):
    return ("CME", number)


def cms(number):
    return ("CMS", number)


def esm_to_cme(cause):
    """How a module maps a session's refusal to +CME ERROR (TS 27.007 cl. 9.2.2.2)."""
    if cause == 8:
        return 177
    if 26 <= cause <= 34:
        return 100 + cause
    return 30 if cause <= 0 else 148


def words(result, cmee, verbose):
    """The final line's text, and whether it is one of the short V0 numbers."""
    kind = result[0]
    if kind in ("CME", "CMS"):
        if cmee == 0 and kind == "CME":
            kind = "ERROR"
        else:
            number = result[1]
            texts = CME_TEXTS if kind == "CME" else CMS_TEXTS
            shown = texts.get(number, "unknown") if cmee == 2 else str(number)
            return "+%s ERROR: %s" % (kind, shown), False
    if not verbose and kind in _TERSE:
        return _TERSE[kind], True
    return kind, False
