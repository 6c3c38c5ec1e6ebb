"""Short messages as PDUs (TS 23.040): SMS-DELIVER written, SMS-SUBMIT read, long texts cut."""

from ..calendar import civil
from .charset import from_septets, from_ucs2, hexed, pack, septets, ucs2, unpack

DCS_GSM7 = 0
DCS_8BIT = 4
DCS_UCS2 = 8


class Message:
    """One stored short message (one part of a long one)."""

    def __init__(self, number, text, dcs, scts_s, udh=b""):
        self.number = number  # digits, "+" in front of an international one, or letters
        self.text = text
        self.dcs = dcs
        self.scts_s = scts_s  # unix seconds at the service centre
        self.udh = udh  # user data header without its length octet
        self.status = 0  # 0 received unread, 1 received read, 2 stored unsent, 3 stored sent
        self.reference = 0
        self.paid = False  # it tells of a payment


def _semi(digits):
    """Semi-octets, nibbles swapped, filled with F (cl. 9.1.2.3)."""
    if len(digits) % 2:
        digits += "F"
    out = []
    for i in range(0, len(digits), 2):
        out.append(digits[i + 1] + digits[i])
    return "".join(out)


def address(number):
    """Address field (cl. 9.1.2.5) as hex: length in digits, type, value."""
    if number and not number.lstrip("+").isdigit():
        codes = septets(number) or b""
        packed = pack(codes)
        return "%02XD0%s" % ((len(codes) * 7 + 3) // 4, hexed(packed))
    if number[:1] == "+":
        return "%02X91%s" % (len(number) - 1, _semi(number[1:]))
    return "%02X81%s" % (len(number), _semi(number))


def _centre(number):
    body = "91" + _semi(number[1:]) if number[:1] == "+" else "81" + _semi(number)
    return "%02X%s" % (len(body) // 2, body)


def timestamp(unix_s, zone_quarters):
    """Service centre time stamp (cl. 9.2.3.11) as hex."""
    local = civil(unix_s + zone_quarters * 900)
    fields = (local[0] % 100,) + local[1:] + (abs(zone_quarters),)
    out = "".join([_semi("%02d" % f) for f in fields])
    if zone_quarters < 0:
        out = out[:-2] + "%02X" % (int(out[-2:], 16) | 8)
    return out


def user_data(message):
    """(TP-UDL, octets) of the message's text behind its header."""
    head = bytes([len(message.udh)]) + message.udh if message.udh else b""
    if message.dcs == DCS_GSM7:
        codes = septets(message.text) or b""
        fill = -len(head) * 8 % 7
        head_septets = (len(head) * 8 + fill) // 7
        return head_septets + len(codes), head + pack(codes, fill)
    body = ucs2(message.text) if message.dcs == DCS_UCS2 else message.text.encode()
    return len(head) + len(body), head + body


def deliver(message, centre, zone_quarters):
    """(hex text, TPDU octets without the centre's address) of an SMS-DELIVER (cl. 9.2.2.1)."""
    first = 0x04 | (0x40 if message.udh else 0)
    length, octets = user_data(message)
    tpdu = "%02X%s00%02X%s%02X%s" % (
        first,
        address(message.number),
        message.dcs,
        timestamp(message.scts_s, zone_quarters),
        length,
        hexed(octets),
    )
    return _centre(centre) + tpdu, len(tpdu) // 2


def _digits(octets, count):
    out = []
    for octet in octets:
        out.append("0123456789*#abcF"[octet & 15])
        out.append("0123456789*#abcF"[octet >> 4])
    return "".join(out[:count])


def read_sent(octets):
    """(number, text) of an SMS-SUBMIT with its service centre in front; None where it is cut."""
    try:
        at = 1 + octets[0]
        first = octets[at]
        if first & 3 != 1:
            return None
        at += 2  # first octet, message reference
        digits = octets[at]
        kind = octets[at + 1]
        size = (digits + 1) // 2
        number = _digits(octets[at + 2 : at + 2 + size], digits)
        if kind & 0x70 == 0x10:
            number = "+" + number
        at += 2 + size
        dcs = octets[at + 1]
        at += 2 + (0, 7, 1, 7)[first >> 3 & 3]
        length = octets[at]
        body = octets[at + 1 :]
        head = body[0] + 1 if first & 0x40 else 0
        if dcs & 0x0C == DCS_UCS2:
            if len(body) < length:
                return None
            return number, from_ucs2(body[head:length])
        fill = -head * 8 % 7
        count = length - (head * 8 + fill) // 7
        return number, from_septets(unpack(body[head:], count, fill))
    except IndexError:
        return None


def parts(number, text, scts_s, reference, wide=False):
    """The text as one message or, where it is long, as concatenated parts (cl. 9.2.3.24.1)."""
    codes = septets(text)
    if codes is not None:
        dcs, single, each, units = DCS_GSM7, 160, 153, [len(septets(c)) for c in text]
    else:
        dcs, single, each, units = DCS_UCS2, 70, 67, [len(ucs2(c)) // 2 for c in text]
    if wide:
        each -= 1
    if sum(units) <= single:
        return [Message(number, text, dcs, scts_s)]
    chunks = []
    chunk, used = [], 0
    for c, unit in zip(text, units):
        if used + unit > each:
            chunks.append("".join(chunk))
            chunk, used = [], 0
        chunk.append(c)
        used += unit
    chunks.append("".join(chunk))
    out = []
    for i, piece in enumerate(chunks):
        if wide:
            udh = bytes([8, 4, reference >> 8 & 0xFF, reference & 0xFF, len(chunks), i + 1])
        else:
            udh = bytes([0, 3, reference & 0xFF, len(chunks), i + 1])
        out.append(Message(number, piece, dcs, scts_s, udh))
    return out
