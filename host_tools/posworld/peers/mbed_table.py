"""Mbed OS: registration asked for again after 1, 2, 4 ... 128 s, 10 and 20 minutes, with a random
delay at start; no radio is switched. Source: CellularStateMachine.cpp, its retry array.
"""

from .at import At, Wait, online

NAME = "Mbed OS table"
_TABLE_S = (1, 2, 4, 8, 16, 32, 64, 128, 600, 1200)


def policy():
    while True:
        tries = 0
        while not (yield from online()):
            yield At("+COPS=0", 180000)
            yield At("+CGACT=1,1", 150000)
            yield Wait(1000 * _TABLE_S[min(tries, len(_TABLE_S) - 1)])
            tries += 1
        yield Wait(10000)
