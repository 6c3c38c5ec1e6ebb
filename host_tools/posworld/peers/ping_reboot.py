"""Teltonika's ping reboot: a ping each five minutes, five seconds for its echo; after two
in a row that bring none the router restarts, and its modem with it, by command: whether its
supply goes, too, is told nowhere.
Source: Teltonika's wiki, RUT850 Auto Reboot; the numbers of its crontab line in public scripts.
"""

from .at import At, Wait, online

NAME = "Teltonika ping reboot"


def policy():
    missed = 0
    while True:
        missed = 0 if (yield from online()) else missed + 1
        if missed >= 2:
            yield At("+CFUN=1,1", 15000)
            yield Wait(60000)  # the router's own start
            missed = 0
        yield Wait(300000)
