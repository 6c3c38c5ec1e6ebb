"""What a Luat module is asked for rarely and not as a SIM800."""

from ..core.modem.command import Command
from . import attach
from .luat import OFF


def serving_cell():
    """+CCED differs by chip: +CEREG and +CESQ tell what is needed."""
    return {}
    yield


def selected_card():
    return attach.selected_card(b"+SIMCROSS?", 0, 0)


def select_card(slot):
    """+SIMCROSS, an error unless the radio is off (maker's SIM guide of Air780E)."""
    return attach.select_card(b"+SIMCROSS=%d" % slot)


def module_reset():
    yield Command(b"+RESET", 15000, ())


def power_down():
    return attach.said_off(b"+CPOWD=1", OFF, 5000)
