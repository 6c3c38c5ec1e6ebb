"""QFrame: waits of a minute; three only wait, three switch the radio off and on, then the board
restarts, which on these modules restarts the modem. Source: QFrame, builtins/network.py (d50050c).
"""

from .at import At, Wait, online, radio, until

NAME = "QFrame"


def policy():
    while True:
        rounds = 0
        while not (yield from until(online, 60000)):
            rounds += 1
            if rounds > 6:
                yield At("+CFUN=1,1", 15000)
                rounds = 0
            elif rounds > 3:
                yield from radio(0, 200)
        yield Wait(5000)  # the data call's callback stands for a look
