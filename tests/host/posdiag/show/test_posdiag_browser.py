"""The report in a real browser: it fits desk, phone and one sheet; a ticket gets its text."""

import re

import pytest

import chromium
from frame_device import Device, event
from posdiag.cli import main
from posproto import ids

pytestmark = pytest.mark.skipif(
    not chromium.PROGRAM or not chromium.AXE.is_file(),
    reason="no Chromium or no axe-core; make ci-tools installs both",
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    found = chromium.Chromium(tmp_path_factory.mktemp("chromium"))
    yield found
    found.close()


@pytest.fixture
def device():
    """A day with forty repeats, a balance that falls, and messages in trouble."""
    with Device() as found:
        for n in range(42):
            change = {ids.A_DOMAIN: 2, ids.A_STAT: 3}
            found.log.append(event(80 + 100 * n, ids.E_REGISTRATION, change, severity=2))
            balance = {ids.A_BALANCE_MINOR: 4200 - 100 * n, ids.A_CURRENCY: "CNY"}
            found.log.append(event(81 + 100 * n, ids.E_BALANCE, balance))
        declined = {ids.MSG_STATE: ids.MS_DONE, ids.MSG_MTI: 200, ids.MSG_F39: "51"}
        declined |= {ids.MSG_RRN: "060309000012", ids.MSG_BATCH: 1, ids.MSG_AGE_S: 900}
        waiting = {ids.MSG_STATE: ids.MS_READY, ids.MSG_MTI: 220, ids.MSG_BATCH: 1}
        waiting |= {ids.MSG_AGE_S: 60, ids.MSG_ID: 13, ids.MSG_STAN: 13, ids.MSG_ORDER: 13}
        found.values = {
            ids.OP_IDENTITY: {"iccid": "89860025128306012474", "imei": "861585041234567"},
            ids.OP_SETTLEMENT: {
                ids.REP_MESSAGES: [
                    {**declined, ids.MSG_ID: n, ids.MSG_STAN: n, ids.MSG_ORDER: n}
                    for n in range(1, 13)
                ]
                + [waiting],  # the one that the status counts
                ids.REP_SETTLEMENT: {ids.MSG_STATE: ids.SET_OPEN, ids.MSG_BATCH: 1},
                ids.REP_SOLD: 3,
                ids.REP_TERMINAL: ["10000042", "898110058120001"],
            },
        }
        yield found


@pytest.mark.parametrize("lang, words", [("en", "Line suspended"), ("zh", "SIM卡欠费停机")])
def test_the_report_is_one_sheet_and_fits_every_window(tmp_path, browser, device, lang, words):
    file = tmp_path / "report.html"
    main(["report", str(file), device.path, "--lang", lang])
    browser.open(file.as_uri())
    browser.wait("document.querySelector('#data')")
    assert words in browser.run("document.querySelector('.title').textContent")
    assert browser.pages() == 1
    for width in (360, 768, 1280):
        browser.size(width)
        assert browser.overflow() == []
        browser.picture(f"report-{lang}-{width}")
    browser.run("document.querySelectorAll('details').forEach(part => part.open = true)")
    for is_dark in (False, True):
        browser.dark(is_dark)
        assert browser.faults() == []
        browser.picture(f"report-{lang}-open-{'dark' if is_dark else 'light'}")
    browser.dark(False)
    lines = browser.run("[...document.querySelectorAll('.log li')].map(n => n.textContent)")
    repeats = [re.search(r"4G.*×(\d+)", line) for line in lines]
    assert sum(int(found[1]) for found in repeats if found) == 42, lines  # on two days
    assert len([found for found in repeats if found]) == 2


def test_the_copy_button_gives_the_first_sheet_as_text(tmp_path, browser, device):
    file = tmp_path / "report.html"
    main(["report", str(file), device.path, "--lang", "en"])
    browser.open(file.as_uri())
    browser.wait("document.querySelector('#data')")
    browser.run("navigator.clipboard.writeText = text => { window.taken = text }")
    browser.run("document.getElementById('copy').click()")
    browser.wait("window.taken && document.getElementById('copy').textContent === 'Copied'")
    text = browser.run("window.taken")
    assert text.startswith("Line suspended: the SIM card is not paid (confidence 90 %")
    assert "What to do: Pay" in text and "device: POS-00042" in text
    data = browser.run("JSON.parse(document.getElementById('data').textContent).verdict")
    assert data == "credit_overdue"
    assert browser.errors == []
