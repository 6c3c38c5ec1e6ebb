"""Which card and which modem: what a help desk asks for, in doctor, on the page, on a phone."""

import pytest

from frame_device import Device, written_key
from posdiag.facts.identity import masked
from posdiag.page.terminal import Shown
from posdiag.show.i18n import Texts
from posdiag_cli import run
from posproto import ids

MASKED = {"iccid": "************34567821", "imei": "*******12345699"}


@pytest.fixture
def device():
    with Device() as found:
        found.values = {ids.OP_IDENTITY: MASKED}
        found.whole_identity = WHOLE
        yield found


@pytest.fixture
def key_file(tmp_path):
    return written_key(tmp_path)


WHOLE = {"iccid": "89860012345634567821", "imei": "861234512345699"}


def test_the_owner_reads_whole_numbers_anybody_else_the_last_eight(device, capsys, key_file):
    device.values[ids.OP_SETTLEMENT] = {ids.REP_TERMINAL: ["10000042", "898110000"]}
    _, out, _ = run(capsys, "doctor", device.path, "--listen", "0", "--lang", "zh")
    assert "SIM卡号（ICCID） 末8位 34567821（完整号码印在卡上）" in out
    assert "模块号（IMEI） 末8位 12345699" in out
    assert "终端号 10000042" in out and "商户号 898110000" in out
    _, out, _ = run(
        capsys, "doctor", device.path, "--listen", "0", "--key-file", key_file, "--lang", "en"
    )
    assert "(ICCID) 89860012345634567821" in out and "(IMEI) 861234512345699" in out
    key_file.write_text("00" * 32)
    args = ("--listen", "0", "--key-file", key_file, "--lang", "en")
    _, out, err = run(capsys, "doctor", device.path, *args)
    assert "last 8 digits 34567821" in out and "is not this terminal's key" in err


def test_a_phone_that_looks_on_sees_the_last_digits_where_the_owner_sees_all():
    assert masked(WHOLE) == MASKED
    seen = Shown("COM5", "terminal")
    seen.findings.identity = dict(WHOLE)
    seen.findings.count = 1
    owners, phones = (str(seen.shown(Texts("en"), whole)["numbers"]) for whole in (True, False))
    assert WHOLE["iccid"] in owners and WHOLE["imei"] in owners
    assert WHOLE["iccid"] not in phones and "34567821" in phones
