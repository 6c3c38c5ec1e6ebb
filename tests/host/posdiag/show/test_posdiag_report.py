"""The report: one page that fetches nothing, stays small, and lets no text become markup."""

from html.parser import HTMLParser

import pytest

from frame_device import Device, event, segment
from posdiag_cli import run
from posproto import ids

IDENTITY = {"iccid": "************34567821", "imei": "*******12345699"}

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def device():
    with Device() as found:
        found.values = {ids.OP_IDENTITY: IDENTITY}
        yield found


class Checker(HTMLParser):
    """Follows the tags; collects the text and everything that a browser would fetch."""

    VOID = {"meta", "link"}

    def __init__(self):
        super().__init__()
        self.open = []
        self.text = []
        self.fetched = []

    def handle_starttag(self, tag, attributes):
        self.fetched += [v for k, v in attributes if k in ("src", "href", "xlink:href")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def read_page(file):
    checker = Checker()
    page = file.read_text(encoding="utf-8")
    checker.feed(page)
    checker.close()
    assert checker.open == []
    assert checker.fetched == []
    assert "url(" not in page and "@import" not in page
    return " ".join(checker.text)


@pytest.mark.parametrize("lang, words", [("en", "Line suspended"), ("zh", "SIM卡欠费停机")])
def test_the_report_is_one_page_that_fetches_nothing(device, capsys, tmp_path, lang, words):
    file = tmp_path / "report.html"
    status, _, _ = run(capsys, "report", file, device.path, "--lang", lang)
    text = read_page(file)
    assert status == 10
    assert words in text
    assert {"en": "last 8 digits 34567821", "zh": "末8位 34567821"}[lang] in text


def test_an_outage_that_goes_on_lasts_until_now_not_until_the_last_event(device, capsys, tmp_path):
    began_s = max(record.get(ids.EV_UNIX_S, 0) for record in device.log)
    device.status[ids.ST_UNIX_S] = began_s + 7500
    file = tmp_path / "report.html"
    run(capsys, "report", file, device.path)
    assert "Line suspended: the SIM card is not paid, lasts for 2 h 5 min" in read_page(file)


def test_the_report_of_a_long_log_stays_small_and_draws_its_curves(capsys, tmp_path):
    records = []
    for n in range(6000):
        kind = n % 3
        if kind == 0:
            records.append(event(n, ids.E_SIGNAL, {ids.A_SIGNAL_DBM: -90 - n % 20}))
        elif kind == 1:
            amount = {ids.A_BALANCE_MINOR: 6000 - n, ids.A_CURRENCY: "CNY"}
            records.append(event(n, ids.E_BALANCE, amount))
        else:
            verdict = ids.V_DENIED if n % 2 else ids.V_ALL_CLEAR
            records.append(event(n, ids.E_VERDICT, {ids.A_VERDICT: verdict}, severity=3))
    log = tmp_path / "log0"
    log.write_bytes(segment(records))
    file = tmp_path / "report.html"
    run(capsys, "report", file, "--raw-log", log)
    text = read_page(file)
    assert file.stat().st_size < 1_000_000
    assert file.read_text(encoding="utf-8").count("<polyline") == 2
    assert "older records are left out" in text
    assert "The network refuses this SIM card, lasts for" in text and "×200" in text


def test_a_value_that_never_changed_is_written_once_as_it_is(capsys, tmp_path):
    """A flat curve was labelled with one more and one less than what was measured."""
    signal = [event(n, ids.E_SIGNAL, {ids.A_SIGNAL_DBM: -93}, uptime_s=60 * n) for n in range(4)]
    path, out = tmp_path / "log0", tmp_path / "report.html"
    path.write_bytes(segment(signal))
    run(capsys, "report", out, "--raw-log", path)
    text = read_page(out)
    assert "-93 dBm" in text and "-92 dBm" not in text and "-94 dBm" not in text


def test_a_time_that_no_calendar_knows_ends_no_report(capsys, tmp_path):
    log = [
        event(0, ids.E_VERDICT, {ids.A_VERDICT: ids.V_ALL_CLEAR, ids.A_SIGNAL_DBM: -90}),
        event(1, ids.E_VERDICT, {ids.A_VERDICT: ids.V_MODEM_DEAD, ids.A_SIGNAL_DBM: -80}),
    ]
    log[1][ids.EV_UNIX_S] = (1 << 63) + 5
    path, out = tmp_path / "log0", tmp_path / "report.html"
    path.write_bytes(segment(log))
    status, _, err = run(capsys, "report", out, "--raw-log", path)
    assert status != 1 and "crash" not in err, err
    assert "-80 dBm" in read_page(out)


def test_hostile_texts_do_not_become_markup(device, capsys, tmp_path):
    hostile = {ids.A_TEXT: "<script>alert(1)</script>"}
    device.log.append(event(74, ids.E_FRAUD_TEXT, hostile, severity=2))
    file = tmp_path / "report.html"
    run(capsys, "report", file, device.path)
    assert "<script>alert" not in file.read_text(encoding="utf-8")
    assert "<script>alert(1)</script>" in read_page(file)
