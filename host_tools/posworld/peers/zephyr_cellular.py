"""Zephyr's modem_cellular: a script each two seconds; where three fail the modem is reset and its
scripts begin anew, at growing distances and not for ever: then the driver suspends to idle, until
its application says otherwise. What answers and is merely denied is waited for.
Source: drivers/modem/modem_cellular.c and its Kconfig; the bound is pull request 112953, whose
defaults of the cap and of the delays were not at hand: five, and ten seconds doubled each time.
"""

from .at import At, Pin, Wait

NAME = "Zephyr modem_cellular"
_FAILURES = 3
_RECOVERIES = 5
_DELAY_MS = 10000
_START_MS = 15000


def policy():
    failures = recoveries = 0
    while recoveries < _RECOVERIES:
        if (yield At("+CEREG?", 4000)):
            failures = recoveries = 0
        else:
            failures += 1
        if failures == _FAILURES:
            yield Wait(_DELAY_MS << recoveries)
            yield Pin("reset")
            yield Wait(_START_MS)
            failures = 0
            recoveries += 1
        yield Wait(2000)
    while True:
        yield Wait(3600000)
