"""Whatever a modem or a noisy wire sends: nothing but Unreadable, and cuts change nothing."""

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from posproto.at import (
    Unreadable,
    cell,
    charset,
    errors,
    identity,
    operator,
    packet,
    registration,
    result,
    shapes,
    signal,
    sim,
    sms,
    sms_write,
    time,
    ussd,
    vendor,
)
from posproto.at.lines import NONE, PAYLOAD, LineSplitter

PARSERS = {
    b"+CREG:": registration.parse,
    b"+CGREG:": registration.parse,
    b"+CEREG:": registration.parse,
    b"+C5GREG:": registration.parse,
    b"+CSQ:": signal.csq,
    b"+CESQ:": signal.cesq,
    b"+QCSQ:": cell.qcsq,
    b"+QENG:": cell.qeng,
    b"+CPSI:": cell.cpsi,
    b"+COPS:": operator.cops,
    b"+CPIN:": sim.cpin,
    b"+CPINR:": identity.cpinr,
    b"+CIMI:": identity.imsi,
    b"+CGSN:": identity.imei,
    b"+QCCID:": identity.iccid,
    b"+CRSM:": identity.iccid,
    b"+CRSM: ": identity.fplmn,
    b"+CGATT:": packet.cgatt,
    b"+CFUN:": packet.cfun,
    b"+CGACT:": packet.cgact,
    b"+CGDCONT:": packet.cgdcont,
    b"+CGPADDR:": packet.cgpaddr,
    b"+CGCONTRDP:": packet.cgcontrdp,
    b"+CGEV:": packet.cgev,
    b"+CEER:": packet.ceer,
    b"+CTZV:": time.zone,
    b"+CCLK:": time.stamp,
    b"*PSUTTZ:": time.stamp,
    b"+CUSD:": ussd.parse,
    b"+CME ERROR:": errors.code,
    b"+CMS ERROR:": errors.code,
    b"+QIURC:": vendor.urc,
    b"+CASTATE:": vendor.urc,
    b"+QISTATE:": shapes.parse,
    b"": sms.deliver,
}
# What answers are made of, so that parsers get beyond their first check.
ATOMS = st.sampled_from(
    [
        *(
            b"0",
            b"1",
            b"2",
            b"3",
            b"5",
            b"7",
            b"15",
            b"99",
            b"255",
            b"460",
            b"00",
            b"-93",
            b"-672",
        ),
        *(b'"550A"', b'"', b'""', b",", b",,", b" ", b"+32", b"24/05/01,12:00:00", b"LTE", b"FDD"),
        *(b'"LTE"', b'"servingcell"', b'"NOCONN"', b"Online", b"0x7496", b"READY", b"SIM PIN"),
        *(b"NW", b"PDN", b"DEACT", b"recv", b'"recv"', b"144", b'"98680052213860104247"', b"-"),
        *(b"4F59989D", b"EBB79B1E0685E9", b"0891683108100005F0", b"04", b"0581", b"D0", b"FF"),
    ]
)
ANSWERS = st.lists(ATOMS, max_size=24).map(b",".join) | st.lists(ATOMS, max_size=24).map(b"".join)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(PARSERS)), st.binary(max_size=200) | ANSWERS)
def test_no_answer_raises_anything_but_unreadable(head, body):
    try:
        PARSERS[head](head + b" " + body)
        PARSERS[head](head + body)
    except Unreadable as error:
        assert error.reason


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
@example(b"CONNECT ")
@example(b"SEND ")
def test_no_bytes_at_all_upset_the_classifiers(line):
    assert (
        result.final(line, 0, len(line), (b"SEND OK", b"DATA ACCEPT:", b", CLOSE OK", b".")) >= -1
    )
    assert result.terse(line, 0, len(line)) >= -1
    assert result.number(line, 0, len(line)) >= -1
    try:
        vendor.urc(line)
        shapes.parse(line)
    except Unreadable:
        pass


STREAM = st.lists(
    st.sampled_from(
        [
            *(b"OK", b"ERROR", b"+CSQ: 17,99", b"+QIRD: 5", b'+CUSD: 0,"a', b'b",15', b"+CUSD: 2"),
            *(
                b"\r\n",
                b"\r",
                b"\n",
                b"> ",
                b">",
                b"\r\n",
                b"x" * 40,
                b"0\r",
                b'"',
                b" ",
                b"hello",
            ),
        ]
    )
    | st.binary(max_size=12),
    max_size=40,
).map(b"".join)


def events(data, cuts, line_max=48):
    """What the splitter makes of `data` fed in pieces that end at `cuts`."""
    splitter = LineSplitter(line_max, 64)
    out = []
    start = 0
    for cut in [*sorted(cut % (len(data) + 1) for cut in cuts), len(data)]:
        while start < cut:
            end = min(cut, start + 64)
            splitter.feed(data[start:end], end - start)
            start = end
            while (kind := splitter.next()) != NONE:
                text = splitter.line()
                if kind == PAYLOAD and out and out[-1][0] == PAYLOAD:
                    out[-1] = (PAYLOAD, out[-1][1] + text)
                else:
                    out.append((kind, text))
                if text.startswith(b"+QIRD: 5"):
                    splitter.payload(5)
                splitter.prompt = 62 if text == b"OK" else 0
    return out, splitter.overlong


@settings(max_examples=500, deadline=None)
@given(STREAM, st.lists(st.integers(0, 2000), max_size=12))
@example(b'+CUSD: 0,"' + b"x" * 40 + b"\r\n+CSQ: 1\r\n", [51, 53])
@example(b'+CUSD: 0,"' + b"x" * 35 + b"\r\nERROR\r\nOK\r\n", [50, 52])
def test_any_cut_of_the_stream_gives_the_same_events(data, cuts):
    assert events(data, cuts) == events(data, [])


@settings(max_examples=200, deadline=None)
@given(STREAM)
def test_a_clean_line_after_any_noise_is_read_at_once_or_after_one_more(data):
    splitter = LineSplitter(48, 64)
    for i in range(0, len(data), 64):
        splitter.feed(data[i : i + 64], len(data[i : i + 64]))
        while splitter.next() != NONE:
            pass
    seen = []
    for _ in range(2):
        splitter.feed(b"\r\n+CSQ: 17,99\r\n", 15)
        while splitter.next() != NONE:
            seen.append(splitter.line())
    assert b"+CSQ: 17,99" in seen


# An encoder that shares nothing with the decoder: one big number, seven bits a septet.
def big_pack(values, fill=0):
    number = sum(value << (7 * i + fill) for i, value in enumerate(values))
    return number.to_bytes((len(values) * 7 + fill + 7) // 8, "little")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 127), max_size=170))
def test_septets_come_out_as_they_went_in(values):
    assert list(charset.septets(big_pack(values), len(values))) == values
    assert bytes(sms_write.packed(values)) == big_pack(values)


TEXTS = st.text(st.characters(max_codepoint=0x10FFFF, exclude_categories=["Cs"]), max_size=70)


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_ucs2_agrees_with_the_library(text):
    octets = text.encode("utf-16-be")
    assert charset.ucs2_text(octets) == text
    assert bytes(sms_write.ucs2_octets(text)) == octets


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
def test_broken_ucs2_never_yields_half_a_pair(octets):
    charset.ucs2_text(octets).encode("utf-8")


CHINESE = st.text(
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=5, max_size=60
)
WORDS = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJ 0123456789.,:", min_size=6, max_size=60)


def as_hex(text, way):
    if way == "ucs2":
        return text.encode("utf-16-be").hex()
    return (big_pack(text.encode()) if way == "packed" else text.encode()).hex()


@settings(max_examples=500, deadline=None)
@given(
    CHINESE | WORDS,
    st.sampled_from(["ucs2", "packed", "octets"]),
    st.sampled_from([15, 0, 68, 72]),
)
def test_hex_is_read_right_or_called_unsure_whatever_the_data_coding_announces(text, way, dcs):
    if not text.isascii():
        way = "ucs2"
    line = b'+CUSD: 0,"%s",%d' % (as_hex(text, way).upper().encode(), dcs)
    _, got, _, sure = ussd.parse(line)
    assert got == text or not sure


@settings(max_examples=100, deadline=None)
@given(CHINESE)
def test_chinese_that_is_announced_is_read(text):
    line = as_hex(text, "ucs2").encode()
    assert ussd.parse(b'+CUSD: 0,"%s",72' % line)[1] == text
    assert ussd.parse(b'+CUSD: 0,"007A%s",17' % line)[1] == text


@settings(max_examples=200, deadline=None)
@given(TEXTS.filter(bool), st.data())
def test_long_messages_join_in_any_order_with_repeats(text, data):
    octets = text.encode("utf-16-be")
    size = data.draw(st.integers(2, 40)) & ~1
    parts = [octets[i : i + size] for i in range(0, len(octets), size)][:255]
    order = data.draw(st.permutations(range(len(parts))))
    assembly = sms.Assembly(octets_max=100000)
    whole = None
    for now_s, i in enumerate(order):
        user = bytes([5, 0, 3, 9, len(parts), i + 1]) + parts[i]
        pdu = bytes([0, 0x44, 5, 0x81, 1, 0, 0xF1, 0, 8]) + bytes(7) + bytes([len(user)]) + user
        assert whole is None
        whole = assembly.add(sms.deliver(pdu.hex().encode()), now_s)
        if whole is None and data.draw(st.booleans()):
            assert assembly.add(sms.deliver(pdu.hex().encode()), now_s) is None
    assert whole[1] == b"".join(parts).decode("utf-16-be", "replace")


@settings(max_examples=300, deadline=None)
@given(st.integers(2020, 2099), st.data())
def test_times_agree_with_the_library(year, data):
    from datetime import datetime, timedelta, timezone

    quarters = data.draw(st.integers(-48, 56))
    zone = timezone(timedelta(minutes=15 * quarters))
    when = data.draw(st.datetimes(datetime(year, 1, 1), datetime(year, 12, 31, 23, 59, 59)))
    when = when.replace(microsecond=0, tzinfo=zone)
    line = b'+CCLK: "%s%+03d"' % (when.strftime("%y/%m/%d,%H:%M:%S").encode(), quarters)
    if year < 2070:
        assert time.stamp(line) == (int(when.timestamp()), quarters)
    line = b'+QLTS: "%s%+03d,0"' % (when.strftime("%Y/%m/%d,%H:%M:%S").encode(), quarters)
    assert time.stamp(line) == (int(when.timestamp()), quarters)


FIELD = st.from_regex(
    re.compile(rb'[A-Za-z0-9. -]{0,8}|"[A-Za-z0-9, .-]{0,8}"', re.A), fullmatch=True
)


@settings(max_examples=200, deadline=None)
@given(st.lists(FIELD, min_size=1, max_size=12))
def test_commas_inside_quotes_do_not_split(parts):
    from posproto.at.fields import fields

    assert fields(b"+X:" + b",".join(parts), b"+X:") == [part.strip() for part in parts]
