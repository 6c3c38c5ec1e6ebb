"""Zephyr's modem_cellular: a script each two seconds; where three fail the modem is reset. What
answers and is merely denied is waited for. Source: drivers/modem/modem_cellular.c and its Kconfig.
"""

from .at import At, Pin, Wait

NAME = "Zephyr modem_cellular"


def policy():
    failures = 0
    while True:
        answered = yield At("+CEREG?", 4000)
        failures = 0 if answered else failures + 1
        if failures == 3:
            yield Pin("reset")
            yield Wait(15000)
            failures = 0
        yield Wait(2000)
