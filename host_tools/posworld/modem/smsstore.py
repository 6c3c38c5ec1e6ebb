"""Where received messages lie until somebody reads and deletes them: small, and often full."""

from ..calendar import clock_text
from . import pdu
from .charset import to_te


class Memory:
    """One memory and its numbered slots."""

    def __init__(self, name, size, first):
        self.name = name
        self.size = size
        self.first = first
        self.slots = {}

    def put(self, message):
        """The slot it found, or None."""
        for index in range(self.first, self.first + self.size):
            if index not in self.slots:
                self.slots[index] = message
                return index
        return None


class SmsStore:
    """Two memories, "SM" on the card and "ME" in the module. +CPMS chooses what is read and
    deleted (memory) and where messages arrive (inbox).
    """

    def __init__(self, modem, profile):
        self.modem = modem
        first = profile.get("sms_first", 0)
        size = profile.get("sms_size", 23)
        self.memories = {"SM": Memory("SM", size, first), "ME": Memory("ME", size, first)}
        self.memory = self.inbox = self.memories[profile.get("sms_memory", "ME")]
        self.refused = 0
        self.reference = 0  # of the last message sent

    @property
    def slots(self):
        return self.memory.slots

    def take(self, message):
        """A message from the network: True where it found room (or went straight out)."""
        modem = self.modem
        mode, route = modem.settings["cnmi"][:2]
        if route == 2:
            self._straight(message)
            return True
        index = self.inbox.put(message)
        if index is None:
            self.refused += 1
            modem.operator.note("sms_full", len(self.inbox.slots))
            return False
        if route == 1 and mode:
            modem.port.urc('+CMTI: "%s",%d' % (self.inbox.name, index))
        return True

    def fill(self, text="x", number="106590"):
        """All free slots taken by old messages (a store that nobody empties)."""
        now_s = self.modem.operator.unix_s()
        for name in ("SM", "ME"):
            while True:
                message = pdu.parts(number, text, now_s - 864000, 1)[0]
                message.status = 1
                if self.memories[name].put(message) is None:
                    break

    def empty(self):
        """Somebody deletes what was read."""
        for name in ("SM", "ME"):
            memory = self.memories[name]
            memory.slots = {i: m for i, m in memory.slots.items() if m.status != 1}
        self.modem.later(4000, self.modem.operator.smsc.reachable)

    def indexes(self, status=4):
        return [i for i in sorted(self.slots) if status == 4 or self.slots[i].status == status]

    def delete(self, index, flag):
        """+CMGD flags (TS 27.005 cl. 3.5.4); False where there is no such slot."""
        if flag == 0:
            memory = self.memory
            if not memory.first <= index < memory.first + memory.size:
                return False
            memory.slots.pop(index, None)
        else:
            keep = {1: (0, 2, 3), 2: (0, 2), 3: (0,), 4: ()}[flag]
            kept = {i: m for i, m in self.slots.items() if m.status in keep}
            self.memory.slots = kept
        # There is room again: the network's next try succeeds.
        self.modem.later(4000, self.modem.operator.smsc.reachable)
        return True

    # -- how a message is printed --------------------------------------------

    def head_and_body(self, message, prefix):
        """(head line, body) as +CMGR prints them; prefix is "+CMGR: " or "+CMGL: 3,"."""
        modem = self.modem
        operator = modem.operator
        if modem.settings["cmgf"] == 0:
            text, length = pdu.deliver(message, operator.smsc.number, operator.zone_quarters)
            return "%s%d,,%d" % (prefix, message.status, length), text
        cscs = modem.settings["cscs"]
        status = ("REC UNREAD", "REC READ", "STO UNSENT", "STO SENT")[message.status]
        head = '%s"%s","%s",,"%s"' % (
            prefix,
            status,
            to_te(message.number, cscs),
            clock_text(message.scts_s, operator.zone_quarters),
        )
        if modem.settings["csdh"]:
            kind = 145 if message.number[:1] == "+" else 129
            first = 68 if message.udh else 4
            length = len(message.text)
            head += ',%d,%d,0,%d,"%s",145,%d' % (
                kind,
                first,
                message.dcs,
                operator.smsc.number,
                length,
            )
        if message.dcs == pdu.DCS_UCS2 and cscs != "UCS2":
            # No character set of the terminal holds it: modules print the octets as hex.
            return head, to_te(message.text, "UCS2")
        return head, to_te(message.text, cscs)

    def _straight(self, message):
        head, body = self.head_and_body(message, "+CMT: ")
        if self.modem.settings["cmgf"] == 0:
            head = "+CMT: ," + head.split(",")[-1]
        else:
            head = "+CMT: " + head.split(",", 1)[1]
        self.modem.port.urc(head + "\r\n" + body)
