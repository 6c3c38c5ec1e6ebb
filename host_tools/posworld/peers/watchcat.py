"""OpenWrt's watchcat as installed: a ping each half minute, and after six hours without an echo
the board restarts. Until then the module is left to itself: a router's netifd asks for no more.
Source: openwrt/packages, utils/watchcat, watchcat.config and watchcat.sh (1e781dd, 0238bce).
"""

from .at import At, Wait, online

NAME = "OpenWrt watchcat"
_PERIOD_MS = 6 * 3600000


def policy():
    silent_ms = 0
    while True:
        silent_ms = 0 if (yield from online()) else silent_ms + 30000
        if silent_ms >= _PERIOD_MS:
            yield At("+CFUN=1,1", 15000)
            silent_ms = 0
        yield Wait(30000)
