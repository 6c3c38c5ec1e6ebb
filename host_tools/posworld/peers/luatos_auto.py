"""LuatOS mobile.setAuto: a card is looked for each ten seconds, the protocol stack restarts after
a minute without a network, without an end. Source: LuatOS, components/mobile.
"""

from .at import Wait, card, online, radio, until

NAME = "LuatOS setAuto"


def policy():
    while True:
        if not (yield from card()):
            yield from radio(0, 500)
            yield Wait(10000)
        elif not (yield from until(online, 60000)):
            yield from radio(0, 500)
        yield Wait(10000)
