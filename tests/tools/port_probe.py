"""Runs the agent's main on MicroPython and writes down what passes its ports.

    MICROPYTHON -X heapsize=N port_probe.py FILE ARGUMENTS_OF_MAIN...

FILE grows by a line for each read and write: port (modem, host, app), `<` came in or `>` went out,
the bytes in hex. A run that goes on after a power cut goes on in the same FILE.
"""

import sys
from binascii import hexlify

record = open(sys.argv.pop(1), "a")  # noqa: SIM115  open until the kill

from posagent.io.port import Port  # noqa: E402

start, read, push = Port.__init__, Port.read, Port.push
names = ["modem", "host", "app"]
ports = []


def note(port, way, data):
    record.write("%s %s %s\n" % (names[ports.index(port)], way, hexlify(data).decode()))


def noted_start(self, *rest):
    ports.append(self)
    start(self, *rest)


def noted_read(self):
    n = read(self)
    if n:
        note(self, "<", memoryview(self.buf)[:n])
    return n


def noted_push(self):
    data, at = self._out, self._at
    push(self)
    if data and self._at > at:
        note(self, ">", memoryview(data)[at : self._at])


Port.__init__, Port.read, Port.push = noted_start, noted_read, noted_push

import main  # noqa: E402

main.main()
