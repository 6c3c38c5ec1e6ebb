"""A simulated world for a payment terminal's modem: modem, operator, SMS centre, acquirer.

It writes AT answers, PDUs and ISO messages by its own means, never with posproto's parsers: a
parser must not be judged by its own twin. modem/modem.py and what it imports run unchanged
on MicroPython and CPython, in virtual time; shell/ puts them behind ptys on CPython.
"""
