"""A card that has just got its supply: loaded to wait for it."""

from posproto import const, ids

from ..modem.command import Sleep

_TRIES = const(15)


def wait(network):
    """Procedure: +CME ERROR 13 or 14 right after boot is often followed by READY seconds later
    (incident boot-sim-failure-then-ready): no failure of the card until it had its time.
    """
    assert not network.card_starts  # once for each start
    network.card_starts = True
    for _ in range(_TRIES):
        yield from network.look_sim()
        if network.sim not in (ids.SIM_UNKNOWN, ids.SIM_BUSY, ids.SIM_FAILED):
            break
        yield Sleep(2000)
    network.card_started()
