"""Files that nobody meant to be read (odd_files.py): the tool says what it can and never crashes
or hangs, and nothing that it prints moves a cursor. 35 of 1,300 odd captures once ended in a crash
report. A slice of `make fuzz`.
"""

import cbor2
import pytest

from frame_device import event
from odd_files import line, play
from posdiag.cli import main
from posdiag.link.capture import DEVICE, CaptureWriter
from posproto import ids

SEEDS = range(14)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_odd_file_is_told_and_never_a_crash(seed, tmp_path, monkeypatch):
    for name in ("POSDIAG_LANG", "POSDIAG_STATE_DIR"):
        monkeypatch.setenv(name, "")
    monkeypatch.chdir(tmp_path)
    play(seed, tmp_path, main, 5)


def test_a_cell_of_a_table_is_never_a_formula(tmp_path, capsys, monkeypatch):
    for lang in ("en", "zh"):
        monkeypatch.setenv("POSDIAG_LANG", lang)
        path = tmp_path / "formula.cap"
        writer = CaptureWriter(path, 1_750_000_000_000)
        texts = ("=1+1", "+2", "-cmd", "@SUM(A1)", " =1", "\t=1", "＝1+1", "＠SUM(A1)")
        for number, text in enumerate(texts, 5):
            record = event(number, ids.E_FRAUD_TEXT, {ids.A_TEXT: text})
            writer.add(DEVICE, line(ids.FRAME_EVENT, 0, number, cbor2.dumps(record)), number)
        writer.close()
        assert main(["log", "--csv", "--replay", str(path)]) == 0
        rows = capsys.readouterr().out.splitlines()[1:]
        assert len(rows) == len(texts)
        for row in rows:
            for cell in row.split(","):
                assert cell.strip('" ')[:1] not in "=+@＝＠" or not cell.strip('" '), row
