"""Packed ISO 8583:1987 behind a TPDU, as spoken to network access controllers."""

SKIP = 5  # bytes before the message
HEADER = -1

TABLE = (
    b"p\x08n\x03\x06\x06\x06\x05"  # F2..
    b"\x04\x04\x04\x03\x03\x02\x02\x02"  # F8..
    b"\x02\x02\x02\x02\x02\x02\x02\x02"  # F16..
    b"\x02\x01\x01\x01\x05\x05\x05\x05"  # F24..
    b"nnbnB\x0c\x06\x02"  # F32..
    b"\x03\x08\x0f\x28bbBB"  # F40..
    b"B\x03\x03\x03\x08\x08BB"  # F48..
    b"BBBBBBBB"  # F56..
    b"\x08\x01\x01\x01\x02\x02\x02\x02"  # F64..
    b"\x02\x03\x05\x05\x05\x05\x05\x05"  # F72..
    b"\x05\x05\x06\x06\x06\x06\x08\x08"  # F80..
    b"\x08\x08\x15\x01\x02\x06\x07\x2a"  # F88..
    b"\x10\x09\x19nnbbb"  # F96..
    b"BBBBBBBB"  # F104..
    b"BBBBBBBB"  # F112..
    b"BBBBBBBB"  # F120..
    b"\x08"  # F128
)
