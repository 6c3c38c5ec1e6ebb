"""QuecPython's NetManager: looked at each five minutes, and on a lost data call; CFUN 4, five
seconds, CFUN 1, then up to five minutes of waiting, for ever.
Source: QuecPython modules, net_manage.py 1.2.0 (commit d35ff57).
"""

from .at import Wait, card, online, radio, until

NAME = "QuecPython NetManager"


def policy():
    while True:
        while (yield from card()) and not (yield from online()):
            yield from radio(4, 5000)
            if (yield from until(online, 300000)):
                break
        yield Wait(300000)
