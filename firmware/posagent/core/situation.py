"""What can be wrong between modem and acquirer: the situation is the lowest broken layer."""

from posproto import const

WELL = const(0)
DEAD = const(1)  # no answer to AT
SIM_LOST = const(2)  # absent or failed: may be electrical (incident sim-drops-off-bus)
SIM_LOCKED = const(3)  # PIN, PUK, personalised: nothing that a reset could cure
RADIO_OFF = const(4)
DENIED = const(5)  # stat 3, or a permanent cause: the modem is silent until its radio restarts
UNREGISTERED = const(6)
ABROAD = const(7)  # registered where the policy forbids it
REFUSED = const(8)  # registered, context refused for a permanent or subscription cause
NO_CONTEXT = const(9)
HOST_DOWN = const(10)  # context up, the acquirer does not answer
SITUATIONS = const(11)
