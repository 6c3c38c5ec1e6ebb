"""Short messages in PDU mode (TS 23.040 cl. 9.2, TS 23.038 cl. 4) and their long forms."""

from binascii import unhexlify

from . import Unreadable, charset, time

_PDU_MAX = 352  # digits: 12 octets of the SMS centre's address, 164 of an SMS-DELIVER


def scheme(dcs):
    """The alphabet of an SMS data coding (TS 23.038 cl. 4). Raises Unreadable."""
    if dcs < 0x80:
        if dcs & 0x20:
            raise Unreadable("compressed")
        return (dcs >> 2 & 3) % 3
    if dcs >= 0xF0:
        return dcs >> 2 & 1
    return charset.UCS2 if dcs >= 0xE0 else charset.GSM7


class Message:
    """One message or one part of a long one, as it came.

    sender is text, unix_s its time at the SMS centre (None when unreadable), data septets or
    octets by `scheme`; reference, total and sequence are those of the long message, total is 1
    for a short one. `sure` is False when a national alphabet that we lack was named.
    """

    def __init__(self):
        self.sender = ""
        self.unix_s = self.data = None
        self.scheme = self.reference = 0
        self.total = self.sequence = 1
        self.sure = True


def deliver(pdu):
    """Hex digits of a stored or direct SMS-DELIVER -> Message. Raises Unreadable."""
    if len(pdu) > _PDU_MAX:
        raise Unreadable("pdu")
    try:
        return _deliver(unhexlify(pdu.strip()))
    except Unreadable:
        raise
    except (ValueError, IndexError):
        raise Unreadable("pdu")


def _deliver(octets):
    message = Message()
    at = octets[0] + 1  # the SMS centre's address
    kind = octets[at]
    if kind & 3:
        raise Unreadable("kind")
    digits = octets[at + 1]
    address = octets[at + 3 : at + 3 + (digits + 1) // 2]
    message.sender = _sender(octets[at + 2], digits, address)
    at += 3 + len(address)
    message.scheme = scheme(octets[at + 1])
    message.unix_s = _stamp(octets[at + 2 : at + 9])
    length = octets[at + 9]
    data = octets[at + 10 :]
    size = (length * 7 + 7) // 8 if message.scheme == charset.GSM7 else length
    if len(data) < size:
        raise Unreadable("cut")
    head = 0
    if kind & 0x40:
        head = data[0] + 1
        if head > size:
            raise Unreadable("header")
        _header(message, data[1:head])
    if message.scheme == charset.GSM7:
        message.data = bytes(charset.septets(data, length)[(head * 8 + 6) // 7 :])
    else:
        message.data = data[head:length]
    return message


def _sender(kind, digits, address):
    if kind & 0x70 == 0x50:
        return charset.gsm_text(charset.septets(address, digits * 4 // 7))
    out = "+" if kind & 0x70 == 0x10 else ""
    for i in range(digits):
        out += "0123456789*#abc"[address[i >> 1] >> (i & 1) * 4 & 15]
    return out


def _stamp(octets):
    # Swapped nibbles (cl. 9.2.3.11); the last octet is the zone, its sign in bit 3.
    v = [(octet & 15) * 10 + (octet >> 4) for octet in octets]
    zone = octets[6]
    v[6] = (zone & 7) * 10 + (zone >> 4)
    v.insert(6, 45 if zone & 8 else 43)
    try:
        return time.stamp(b":%d/%d/%d,%d:%d:%d%c%d" % tuple(v))[0]
    except Unreadable:
        return None


def _header(message, header):
    at = 0
    while at + 2 <= len(header):
        kind = header[at]
        value = header[at + 2 : at + 2 + header[at + 1]]
        at += 2 + header[at + 1]
        if len(value) == (3 if kind == 0 else 4) and kind in (0, 8):
            total, sequence = value[-2], value[-1]
            if 1 <= sequence <= total:  # else the element counts for nothing
                message.total, message.sequence = total, sequence
                # The two kinds of reference do not mix.
                message.reference = value[0] | 0x10000 if kind == 0 else value[0] << 8 | value[1]
        elif kind in (0x24, 0x25):
            message.sure = False


def text(scheme, data):
    """The text of septets or octets; OCTETS as they are where they are text."""
    if scheme == charset.UCS2:
        return charset.ucs2_text(data)
    return charset.gsm_text(data) if scheme == charset.GSM7 else charset.plain(data)[0]


def joined(pdus, now_s):
    """What came, in order: None for a PDU that cannot be read, else ((sender, reference, total),
    (sender, text, sure) of the message that this part makes whole or None, its time).
    """
    parts = Assembly()
    found = []
    for pdu in pdus:
        try:
            message = deliver(pdu)
            whole = parts.add(message, now_s)
        except Unreadable:
            found.append(None)
            continue
        key = (message.sender, message.reference, message.total)
        found.append((key, whole, message.unix_s))
    return found


class Assembly:
    """Joins the parts of long messages, in any order, within bounds of memory and time.

    At most `octets_max` octets are kept; what waits longest makes room. What gives no whole
    message within `wait_s` is dropped. `dropped` counts parts.
    """

    def __init__(self, octets_max=4096, wait_s=600):
        self._octets_max = octets_max
        self._wait_s = wait_s
        self._open = []  # [first part's time, {sequence: Message}], oldest first
        self.dropped = 0

    def add(self, message, now_s):
        """Take one Message; returns (sender, text, sure) when it is whole, else None."""
        while self._open and now_s - self._open[0][0] > self._wait_s:
            self._drop()
        parts = {}
        if message.total > 1:
            parts = self._parts(message, now_s)
        parts[message.sequence] = message
        if len(parts) < message.total:
            while self._octets() > self._octets_max:
                self._drop()
            return None
        self._open = [entry for entry in self._open if entry[1] is not parts]
        data = b"".join([parts[i + 1].data for i in range(message.total)])
        sure = all(part.sure for part in parts.values())
        return message.sender, text(message.scheme, data), sure

    def _parts(self, message, now_s):
        # The parts of the same long message that came so far.
        for entry in self._open:
            other = next(iter(entry[1].values()))
            if (other.sender, other.reference, other.total, other.scheme) == (
                message.sender,
                message.reference,
                message.total,
                message.scheme,
            ):
                known = entry[1].get(message.sequence)
                if known is None or known.data == message.data:
                    return entry[1]
                self._open.remove(entry)  # the reference was used again
                self.dropped += len(entry[1])
                break
        parts = {}
        self._open.append((now_s, parts))
        return parts

    def _octets(self):
        return sum([sum([len(part.data) for part in entry[1].values()]) for entry in self._open])

    def _drop(self):
        self.dropped += len(self._open.pop(0)[1])
