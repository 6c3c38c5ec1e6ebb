"""A ticket: one file to send; the other end reads the same verdict from it and nothing secret."""

import json
import zipfile

import pytest

from frame_device import Device
from posdiag.link import capture
from posdiag_cli import run
from posproto import ids

PHONE = "13812345678"

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def device():
    with Device() as found:
        found.values = {
            ids.OP_IDENTITY: {"iccid": "************34567821"},
            ids.OP_SETTLEMENT: {ids.REP_MESSAGES: []},
            ids.OP_TRACE: [[1, 5000, b'+CMT: "+86' + PHONE.encode() + b'"']],
            ids.OP_CREDIT: {0: 1},
        }
        yield found


@pytest.mark.parametrize("swapped", [False, True])
def test_the_help_desk_reads_the_same_verdict_out_of_a_ticket(device, capsys, tmp_path, swapped):
    out = tmp_path / "shop.zip"
    order = (device.path, out) if swapped else (out, device.path)
    status, said, err = run(capsys, "ticket", *order, "--duration", "0.1")
    assert status == 10, err
    assert said.startswith("Line suspended")
    with zipfile.ZipFile(out) as ticket:
        names = set(ticket.namelist())
        found = json.loads(ticket.read("doctor.json"))
        log = ticket.read("log.jsonl").decode().splitlines()
        whole = b"".join(ticket.read(name) for name in names)
    assert names == {"terminal.cap", "report.html", "doctor.json", "log.jsonl", "versions.txt"}
    assert found["verdict"] == "credit_overdue" and len(log) == len(device.log)
    assert PHONE.encode() not in whole
    status, out_text, _ = run(capsys, "doctor", "--replay", out, "--json")
    assert status == 10
    assert json.loads(out_text)["verdict"] == found["verdict"]
    _, out_text, _ = run(capsys, "doctor", "--replay", out, "--lang", "en")
    assert "device POS-00042" in out_text  # which terminal it is: who gets the ticket has to know
    assert "redacted" not in out_text


def test_a_zip_that_is_no_ticket_is_refused(capsys, tmp_path):
    other = tmp_path / "photos.zip"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("photo.jpg", b"x")
    status, _, err = run(capsys, "doctor", "--replay", other)
    assert status == 22 and "photos.zip" in err


def _zip(path, data, **how):
    with zipfile.ZipFile(path, "w", **how) as archive:
        archive.writestr("terminal.cap", data)
    return path.read_bytes()


def test_a_ticket_damaged_on_its_way_is_a_file_that_cannot_be_read(capsys, tmp_path):
    """A mail program cut it, a disk lost a byte, somebody packed it anew with a password."""
    path = tmp_path / "sent.zip"
    data = bytes(range(256)) * 40
    for how in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        whole = _zip(path, data, compression=how)
        central = whole.index(b"PK\1\2")
        statuses = set()
        for at in (0, 6, 8, 28, 33, 46, 60, central // 2, central + 8, central + 10, central + 46):
            odd = bytearray(whole)
            odd[at] ^= 0x41
            path.write_bytes(odd)
            statuses.add(run(capsys, "doctor", "--replay", path)[0])
        assert statuses <= {5, 6, 22} and 22 in statuses, (how, statuses)


def test_a_small_ticket_that_unpacks_to_a_full_disk_is_refused(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(capture, "_UNPACKED_MAX", 1 << 20)
    bomb = tmp_path / "bomb.zip"
    size = len(_zip(bomb, bytes(8 << 20), compression=zipfile.ZIP_DEFLATED))
    assert size < 10_000
    status, _, err = run(capsys, "doctor", "--replay", bomb)
    assert status == 22 and "bomb.zip" in err


def test_a_port_where_a_file_is_wanted_is_recognised(capsys):
    status, _, err = run(capsys, "report", "COM5")
    assert status == 22 and err == "Say which file.\n"
