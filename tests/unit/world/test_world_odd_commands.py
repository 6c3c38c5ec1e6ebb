"""Commands as a noisy wire makes them: refused or taken, but the world goes on."""

from posworld.modem.powered import ON
from world_drive import Drive

FAMILIES = ("quectel", "simcom", "sim800", "generic", "ublox", "fibocom", "ml307", "luat")
FAMILIES += ("neoway", "telit")
ODD = ("", ",", ",,,,,,,,", '"', '""', '"x', "x", "-1", "999999999999", "1,2,3,4,5,6,7,8,9")
ODD += ('"ME","",""', "1,1,1", "a,b,c,d", '1,"A","B"', "\x01", "(", "1;", "?", "=")


def on(family):
    drive = Drive({"modem": {"family": family}})
    drive.run(20000)
    return drive


def test_no_argument_of_any_command_ends_the_world():
    """IndexError amid a simulated day, behind AT+CPMS= without a store."""
    for family in FAMILIES:
        for name in sorted(on(family).modem.commands):
            drive = on(family)
            for text in [name, name + "?", name + "=?"] + [name + "=" + odd for odd in ODD]:
                if drive.modem.state != ON:
                    drive = on(family)
                try:
                    for data in (b"AT" + text.encode() + b"\r", b"\x1b"):  # out of a prompt
                        drive.modem.feed(data, drive.now)
                        drive.run(30)
                except Exception as error:
                    raise AssertionError((family, text, repr(error))) from error
