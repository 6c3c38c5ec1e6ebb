"""The payment voice box: a card that is not there after four seconds ends it; else thirty seconds
of waiting, CFUN 0 and 1, and again, without an end.
Source: QuecPython solution-payment-voice-box, code/mgr.py (9d3172d).
"""

from .at import Wait, card, online, radio, until

NAME = "payment voice box"


def policy():
    if not (yield from until(card, 4000)):
        while True:
            yield Wait(3600000)  # it says that there is no card, and tries no more
    while True:
        while not (yield from until(online, 30000)):
            yield from radio(0, 100)
        yield Wait(30000)
