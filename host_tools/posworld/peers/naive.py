"""The loop that stands in many sketches: every ten seconds, and what is not online is switched off
and on. Source: the usual shape of field code (requests listed in issue trackers of modem drivers).
"""

from .at import At, Wait, online, radio, registered

NAME = "naive 10 s loop"


def policy():
    while True:
        if not (yield from online()):
            if (yield from registered()):
                yield At("+CGACT=1,1", 150000)
            else:
                yield from radio(0, 1000)
        yield Wait(10000)
