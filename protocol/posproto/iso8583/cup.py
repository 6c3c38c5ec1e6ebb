"""UnionPay POS terminal to POS centre: packed, 64 fields, TPDU and six header bytes."""

SKIP = 11  # bytes before the message
HEADER = 5

TABLE = (
    b"p-n\x03\x06---"  # F2 F3 F4
    b"---\x03\x03\x02\x02\x02"  # F11 F12 F13 F14 F15
    b"------\x02\x02"  # F22 F23
    b"-\x01\x01-----"  # F25 F26
    b"n--nN\x0c\x06\x02"  # F32 F35 F36 F37 F38 F39
    b"-\x08\x0f\x28b---"  # F41 F42 F43 F44
    b"N\x03--\x08\x08BB"  # F48 F49 F52 F53 F54 F55
    b"--BBNNBB"  # F58 F59 F60 F61 F62 F63
    b"\x08"  # F64
)
