"""MQTT 3.1.1 as far as a report needs it (OASIS Standard, 29 October 2014; clauses in brackets).

One connection: CONNECT, PUBLISH with QoS 1, DISCONNECT; back come CONNACK and PUBACK. A client
need not wait for CONNACK before it publishes [3.1.4].
"""

from posproto import const

CONNACK = const(2)
PUBACK = const(4)
DISCONNECT = b"\xe0\0"
_HEAD = b"\0\4MQTT\4"  # protocol name and level [3.1.2.1, 3.1.2.2]
_FLAGS = const(0xC2)  # user name, password, clean session [3.1.2.3]
_KEEPALIVE_S = const(120)  # longer than any of our connections
_LONGEST = const(64)  # of a packet that a broker may send to one that subscribes to nothing


def _packet(kind, body):
    # Remaining length: seven bits a byte, the lowest first [2.2.3].
    n = len(body)
    head = bytearray((kind,))
    while n > 127:
        head.append(n & 127 | 128)
        n >>= 7
    head.append(n)
    return bytes(head) + body


def _text(data):
    assert len(data) < 1 << 16  # a board cuts off what is above
    return len(data).to_bytes(2, "big") + data


def connect(name: bytes, password: bytes) -> bytes:
    """CONNECT of the client and user `name` [3.1]."""
    head = _HEAD + bytes((_FLAGS,)) + _KEEPALIVE_S.to_bytes(2, "big")
    return _packet(0x10, head + _text(name) + _text(name) + _text(password))


def publish(topic: bytes, payload: bytes, number: int, retained: bool) -> bytes:
    """PUBLISH, QoS 1, packet identifier `number` from 1 [3.3]."""
    assert 0 < number < 1 << 16 and payload
    return _packet(0x33 if retained else 0x32, _text(topic) + number.to_bytes(2, "big") + payload)


def take(buffer):
    """(kind, body) of the first whole packet of the bytearray `buffer`, and what is behind it;
    (0, None) and `buffer` where none is whole yet. Raises ValueError: no broker says that.
    """
    if len(buffer) < 2:
        return 0, None, buffer
    size = buffer[1]
    if size > _LONGEST:
        raise ValueError
    if len(buffer) < 2 + size:
        return 0, None, buffer
    return buffer[0] >> 4, bytes(buffer[2 : 2 + size]), buffer[2 + size :]
