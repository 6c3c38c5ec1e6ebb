"""Registration lines, form by form, as TS 27.007 writes them (cl. 7.2, 10.1.19, 10.1.20, 10.1.47).

The read form puts n before stat, and both forms share one head: what tells them apart is pinned
here, since an area that is taken for a state is a terminal that was never registered.
"""

from dual import raises
from posproto.at import Unreadable, registration

CS, PS, EPS, FIVEGS = 0, 1, 2, 3


def head(domain):
    return (b"+CREG: ", b"+CGREG: ", b"+CEREG: ", b"+C5GREG: ")[domain]


# (domain, what follows the head, asked, mode, (n, stat, area, ci, act, rac, cause type, cause))
NEWS = (None, False)
ANY = (None, True, False)
READ = (None, True)
FORMS = (
    # stat alone
    (CS, b"1", ANY, None, (None, 1)),
    (PS, b"0", ANY, None, (None, 0)),
    (EPS, b"11", ANY, None, (None, 11)),
    # n, stat
    (CS, b"0,1", ANY, None, (0, 1)),
    (EPS, b"2,5", ANY, None, (2, 5)),
    (EPS, b"5,11", ANY, None, (5, 11)),  # n goes up to 5
    (EPS, b"3,003", ANY, None, (3, 3)),  # SIM7600
    # stat, area, ci, act: quoted
    (CS, b'1,"1A2B","0102030F",7', ANY, None, (None, 1, 0x1A2B, 0x0102030F, 7)),
    (CS, b'2,1,"1A2B","0102030F",7', ANY, None, (2, 1, 0x1A2B, 0x0102030F, 7)),
    (EPS, b'2,1,"1A2B","0102030F",7', ANY, None, (2, 1, 0x1A2B, 0x0102030F, 7)),
    (CS, b'1,"1A2B","0102"', ANY, None, (None, 1, 0x1A2B, 0x0102)),
    # act with two and three digits, or none
    (EPS, b'1,"1A2B","0102030F",11', ANY, None, (None, 1, 0x1A2B, 0x0102030F, 11)),
    (EPS, b'1,"1A2B","0102030F",007', ANY, None, (None, 1, 0x1A2B, 0x0102030F, 7)),
    (EPS, b'1,"1A2B","0102030F",', ANY, None, (None, 1, 0x1A2B, 0x0102030F)),
    # unquoted: only the digits tell, or who was asked
    (CS, b"1,1A2B,102030F,7", ANY, None, (None, 1, 0x1A2B, 0x102030F, 7)),
    (CS, b"1,1234,102030F,7", ANY, None, (None, 1, 0x1234, 0x102030F, 7)),  # four digits: an area
    (CS, b"2,1,1A2B,102030F,7", ANY, None, (2, 1, 0x1A2B, 0x102030F, 7)),
    (CS, b"1,5,12", NEWS[1:], None, (None, 1, 5, 0x12)),  # the read form has no three fields
    (CS, b"1,5,12", READ[1:], None, (1, 5, 0x12)),
    (CS, b'1,5,"12"', ANY, None, (1, 5, 0x12)),
    (CS, b"6,1", ANY, None, (None, 6, 1)),  # n is 5 at most
    (CS, b"1,12", ANY, None, (None, 1, 0x12)),  # stat is 11 at most
    (CS, b"1,0011", ANY, None, (None, 1, 0x11)),
    (CS, b"2,1,12,34,7", NEWS[:1], 2, (2, 1, 0x12, 0x34, 7)),
    (CS, b"1,2,12,7", NEWS[:1], 2, (None, 1, 2, 0x12, 7)),  # the mode that was set says: no n
    (CS, b"1,2,12,7", READ[1:], 2, (1, 2, 0x12, 7)),  # asked is asked
    # What makers print where nothing is known
    (EPS, b'0,"FFFE","0FFFFFFF",7', ANY, None, (None, 0, None, None, 7)),
    (EPS, b'0,"FFFF","FFFFFFFF",7', ANY, None, (None, 0, None, None, 7)),
    (EPS, b'0,"FFFD","0FFFFFFE",7', ANY, None, (None, 0, 0xFFFD, 0xFFFFFFE, 7)),
    (EPS, b'0,"",""', ANY, None, (None, 0)),
    (EPS, b'1,"XYZ","0102",7', ANY, None, (None, 1, None, 0x0102, 7)),  # what noise made of one
    # A refusal: cause type 0 is 3GPP's, 1 the maker's own
    (CS, b'3,"1A2B","0102",7,0,2', ANY, None, (None, 3, 0x1A2B, 0x0102, 7, None, 0, 2)),
    (EPS, b'3,"1A2B","0102",7,0,255', ANY, None, (None, 3, 0x1A2B, 0x0102, 7, None, 0, 255)),
    (EPS, b'3,3,"1A2B","0102",7,1,0', ANY, None, (3, 3, 0x1A2B, 0x0102, 7, None, 1, 0)),
    (EPS, b"3,,,,0,15", ANY, None, (None, 3, None, None, None, None, 0, 15)),
    (EPS, b"3,3,,,,0,15", READ, None, (3, 3, None, None, None, None, 0, 15)),
    (EPS, b'3,"1A2B","0102",7,"0A",0,7', ANY, None, (None, 3, 0x1A2B, 0x0102, 7, 0x0A, 0, 7)),
    (EPS, b'1,"1A2B","01020304",1234', ANY, None, (None, 1, 0x1A2B, 0x01020304)),  # no technology
    # The routing area of +CGREG: behind act (from v9 on), or behind the area (v8.6)
    (PS, b'1,"1A2B","0102",7,"0A"', ANY, None, (None, 1, 0x1A2B, 0x0102, 7, 0x0A)),
    (PS, b'1,"1A2B","0102",2,1F', ANY, None, (None, 1, 0x1A2B, 0x0102, 2, 0x1F)),
    (PS, b'2,1,"1A2B","0102",7,"0A"', ANY, None, (2, 1, 0x1A2B, 0x0102, 7, 0x0A)),
    (PS, b'1,"1A2B","0102",7,"0A0B"', ANY, None, (None, 1, 0x1A2B, 0x0102, 7)),  # not a byte
    (PS, b'1,"1A2B","0102",7,"0A1"', ANY, None, (None, 1, 0x1A2B, 0x0102, 7)),
    (PS, b'3,"1A2B","0102",7,"0A",0,7', ANY, None, (None, 3, 0x1A2B, 0x0102, 7, 0x0A, 0, 7)),
    (PS, b"3,1A2B,0102,7,0A,0,7", ANY, None, (None, 3, 0x1A2B, 0x0102, 7, 0x0A, 0, 7)),
    (PS, b'3,"1A2B","0102",7,0,7', ANY, None, (None, 3, 0x1A2B, 0x0102, 7, None, 0, 7)),
    (EPS, b'1,"1A2B","0C","01020304",7', ANY, None, (None, 1, 0x1A2B, 0x01020304, 7, 0x0C)),
    # 5G: two fields of allowed slices stand before the cause
    (FIVEGS, b'1,"00001A","01020304AB",11', ANY, None, (None, 1, 0x1A, 0x01020304AB, 11)),
    (
        FIVEGS,
        b'3,"00001A","0102",11,1,"01",0,7',
        ANY,
        None,
        (None, 3, 0x1A, 0x0102, 11, None, 0, 7),
    ),
    (FIVEGS, b'3,"00001A","0102",11,0,7', ANY, None, (None, 3, 0x1A, 0x0102, 11)),
    (FIVEGS, b'3,"00001A","0102",11,1,"01",0', ANY, None, (None, 3, 0x1A, 0x0102, 11)),
    # nRF91: its card failed
    (EPS, b"90", ANY, None, (None, 90)),
)


def test_each_form_says_what_the_standard_has_it_say():
    for domain, tail, asked_ways, mode, expected in FORMS:
        for asked in asked_ways:
            got = registration.parse(head(domain) + tail, asked, mode)
            want = (domain,) + expected + (None,) * (8 - len(expected))
            assert got == want, (head(domain) + tail, asked, mode, got)


def test_what_no_standard_has_is_unreadable():
    for line in (
        b"+CSQ: 1",
        b"+CREGX: 1",
        b"+CEREG: ",
        b"+CEREG: x",
        b"+CEREG: 12",  # reserved
        b"+CEREG: 89",
        b"+CEREG: 91",
        b"+CEREG: 180",
        b'+CEREG: 3,"1A","0102",7,2,7',  # a cause type is 0 or 1
        b'+CEREG: 3,"1A","0102",7,0,256',
    ):
        raises(Unreadable, registration.parse, line)


# An answer has a bare state behind n; news has an area there, or nothing.
ANSWERS = (
    b"2,1",
    b"0,0",
    b"2,9",
    b"2,10",
    b"2,11",
    b"2,05",
    b"2,09",
    b"2,000",
    b"2,003",
    b"2,009",
)
ANSWERS += (b'2,1,"1A2B","0102",7', b"2,5,1A2B,0102,7", b"2,05,1A")
SAID = (
    b"1",
    b"0",
    b'1,"1A2B","0102",7',
    b"1,1A2B,0102,7",
    b"1,A1B2,0102,7",
    b"1,F,2",
    b"1,,",
    b"1,",
)
SAID += (
    b"1,123,0102,7",
    b"1,0041,0102,7",
    b"1,1A,2",
    b"1,41A,2",
    b"1,00A1,2",
    b"1,0123",
    b"1,9999,1",
)
SAID += (b"1,5A", b"1,05A,7")


def test_news_is_told_from_an_answer_by_its_second_field():
    for form, news in ((ANSWERS, False), (SAID, True)):
        for tail in form:
            for name in (b"+CREG: ", b"+CGREG: ", b"+CEREG: "):
                line = name + tail
                # Behind a line stands the next one, or what the buffer held before.
                for before, behind in ((b"", b""), (b"OK\r\n", b"\r\n+CSQ: 1,2\r\n"), (b"", b"7")):
                    buf = before + line + behind
                    start = len(before)
                    found = registration.is_news(buf, start, start + len(line))
                    assert found is news, buf
    assert registration.is_news(b"REG: 1", 0, 6)  # its head was lost: no answer, at any rate
    for line in (
        b"+CSQ: 17,99",
        b"+ABCDREG: 1",
        b"RING",
        b'+COPS: 0,0,"REG:",7',
        b"OK",
        b",1,REG: 2",
    ):
        assert registration.is_news(line, 0, len(line)) is False
