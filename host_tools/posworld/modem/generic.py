"""A module that knows the 27.007 and 27.005 commands only: no vendor's, no sockets."""

from . import commands_card, standard
from .profile import commands, profile

PROFILE = profile(
    {
        "manufacturer": "GENERIC",
        "model": "LTE-CAT1",
        "revision": "V1.0.7",
        "ati": ("GENERIC LTE-CAT1", "V1.0.7"),
        "imei": "867962040000016",
        "registration_modes": (3, 3, 5),
        "boot": ((4000, "ready"), (4100, "radio"), (5200, "sim")),
    }
)

COMMANDS = commands(
    standard.COMMANDS,
    {"+CCID": commands_card.iccid},
)
