"""ISO 8583:1987 as text: digits, hexadecimal bitmaps and binary fields, no TPDU."""

SKIP = 0  # bytes before the message
HEADER = -1

TABLE = (
    b"a\x10b\x06\x0c\x0c\x0c\x0a"  # F2..
    b"\x08\x08\x08\x06\x06\x04\x04\x04"  # F8..
    b"\x04\x04\x04\x03\x03\x03\x03\x03"  # F16..
    b"\x03\x02\x02\x01\x09\x09\x09\x09"  # F24..
    b"bbbbB\x0c\x06\x02"  # F32..
    b"\x03\x08\x0f\x28bbBB"  # F40..
    b"B\x03\x03\x03\x10\x10BB"  # F48..
    b"BBBBBBBB"  # F56..
    b"\x10\x02\x01\x02\x03\x03\x03\x04"  # F64..
    b"\x04\x06\x0a\x0a\x0a\x0a\x0a\x0a"  # F72..
    b"\x0a\x0a\x0c\x0c\x0c\x0c\x10\x10"  # F80..
    b"\x10\x10\x2a\x01\x02\x06\x07\x2a"  # F88..
    b"\x20\x11\x19bbbbb"  # F96..
    b"BBBBBBBB"  # F104..
    b"BBBBBBBB"  # F112..
    b"BBBBBBBB"  # F120..
    b"\x10"  # F128
)
