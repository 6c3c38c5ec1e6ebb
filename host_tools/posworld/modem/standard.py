"""What every module knows, whoever made it: the commands of V.250, 27.007 and 27.005."""

from . import commands_basic, commands_card, commands_network, commands_packet, commands_sms
from .profile import commands

COMMANDS = commands(
    commands_basic.COMMANDS,
    commands_card.COMMANDS,
    commands_network.COMMANDS,
    commands_packet.COMMANDS,
    commands_sms.COMMANDS,
)
