"""A bit turns in one line of the set-up: the module must end as if none had.

It was refused, and nothing asked again: the module stayed terse for the rest of its life, each
answer of the acquirer was cut at its end, and an advice went out a hundred times in 18 hours.
"""

import pytest

from play import Play

FAMILIES = (
    *("quectel", "simcom", "sim800", "generic"),
    *("ublox", "fibocom", "ml307", "luat", "neoway", "telit"),
)

NAMES = (b"ATI\r", b"AT+CGMI\r", b"AT+CGMM\r", b"AT+CGMR\r")


def settled(family, turn=None):
    """(what was sent to set it up, the module's settings when it was). `turn`: the lines up to one
    that comes with its first letter turned, so that it is refused.
    """
    play = Play({"modem": {"family": family}})
    modem = play.stage.modem
    feed, sent = modem.feed, []

    def turned(data, now_ms):
        if data.startswith(b"AT") and not play.together.agent.ready:
            sent.append(bytes(data))
            if turn is not None and sent == turn:
                data = data[:2] + bytes([data[2] ^ 0x40]) + data[3:]
        feed(data, now_ms)

    modem.feed = turned
    for _ in range(120):
        play.advance(1)
        if play.together.agent.ready:
            break
    assert play.together.agent.ready
    port = modem.port
    settings = {name: modem.settings[name] for name in modem.settings if name != "cops_format"}
    return sent, (port.echo, port.verbose, port.quiet, settings)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_bit_that_turns_in_a_setting_leaves_no_module_mute_terse_or_deaf(family):
    sent, wanted = settled(family)
    for count, line in enumerate(sent, 1):
        if b"=" in line or line[2:4] in (b"E0", b"V1", b"Q0"):
            assert settled(family, sent[:count])[1] == wanted, line


@pytest.mark.parametrize("family", FAMILIES)
def test_bits_that_turn_in_its_name_make_no_stranger_of_a_module(family):
    """An EC25 was taken for a module that nobody knows, and sent nothing for two days."""
    play = Play({"modem": {"family": family}})
    modem = play.stage.modem
    feed, output, asked = modem.feed, modem.output, []

    def fed(data, now_ms):
        asked.append(bytes(data))
        feed(data, now_ms)

    def turned(now_ms):
        data = output(now_ms)
        if asked and asked.count(asked[-1]) == 1 and asked[-1] in NAMES:
            data = bytes(byte ^ (byte > 64) for byte in data).replace(b"NJ", b"OK")
        return data

    modem.feed, modem.output = fed, turned
    play.advance(120)
    assert play.together.agent.ready
    assert asked.count(NAMES[0]) > 1 and family == play.together.agent.engine.family.NAME
