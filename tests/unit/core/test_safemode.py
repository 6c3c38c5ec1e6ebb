"""After three crashes: what still answers, what is left alone, how it is left again."""

from memory_storage import MemoryStorage
from posagent.core.life import config, crash
from posproto import cbor, ids
from safe_host import Host, refusal


def test_it_reports_that_it_is_in_safe_mode():
    host = Host()
    host.agent.step()
    lines = host.lines()
    assert lines[0][0] == ids.FRAME_HELLO
    events = [record[ids.EV_ID] for kind, record in lines if kind == ids.FRAME_EVENT]
    assert events == [ids.E_BOOT, ids.E_SAFE_MODE]
    (status,) = [record for kind, record in lines if kind == ids.FRAME_STATUS]
    assert status[ids.ST_VERDICT] == ids.V_SAFE_MODE
    assert status[ids.ST_FLAGS] == ids.FLAG_SAFE_MODE | ids.FLAG_KEYED


def test_it_goes_on_reporting():
    host = Host()
    host.agent.step()
    host.lines()
    host.sleep(65)
    assert [kind for kind, _ in host.lines()] == [ids.FRAME_STATUS] * 2


def test_reading_works_and_what_is_not_there_is_refused():
    storage = MemoryStorage()
    crash.add(storage, 4, 12, 0, "ValueError", "x", 9)
    host = Host(storage=storage)
    for op in (ids.OP_HELLO, ids.OP_STATUS, ids.OP_COUNTERS, ids.OP_LOG, ids.OP_CONFIG_GET):
        assert host.ask(op)[0] == ids.R_OK
    result, records, _ = host.ask(ids.OP_CRASHES)
    assert result == ids.R_OK and cbor.decode(records[0])[ids.EV_BOOT] == 4
    for op in (ids.OP_CREDIT, ids.OP_SETTLEMENT, ids.OP_LADDER, ids.OP_TRACE, ids.OP_QUERY):
        assert refusal(host.ask(op)) == (ids.R_REFUSED, "safe mode")
    assert refusal(host.change(ids.OP_HEAL, {0: ids.RUNG_CFUN4})) == (ids.R_REFUSED, "safe mode")
    assert host.agent.modem_out == []


def test_a_keyed_restart_leaves_it():
    storage = MemoryStorage()
    for _ in range(3):
        crash.add(storage, 4, 12, 0, "ValueError", "x", 9)
    host = Host(storage=storage)
    assert host.change(ids.OP_RESTART)[0] == ids.R_OK
    assert host.agent.pins == [("restart", 1)]
    assert crash.row(storage) == 0


def test_it_starts_on_a_flash_that_cannot_be_read():
    class Broken(MemoryStorage):
        def read_at(self, name, offset, count):
            raise OSError(5)

    host = Host(storage=Broken())
    host.agent.step()
    assert host.ask(ids.OP_STATUS)[0] == ids.R_OK


def test_it_tells_which_files_it_could_not_read():
    storage = MemoryStorage()
    storage.files["log1"] = b"x"
    storage.broken.add("log1")
    host = Host(storage=storage)
    host.agent.step()
    told = [record for kind, record in host.lines() if kind == ids.FRAME_EVENT]
    args = [r[ids.EV_ARGS] for r in told if r[ids.EV_ID] == ids.E_FLASH_UNREADABLE]
    assert args == [{ids.A_KEY: "log1"}]
    assert host.agent.counters[ids.C_FLASH_ERRORS] == 1


def test_a_config_set_there_holds_after_the_restart():
    host = Host()
    assert host.change(ids.OP_CONFIG_SET, {"apn": "cmnet"})[0] == ids.R_OK
    assert config.load(host.storage.read(config.FILE))[0]["apn"] == "cmnet"
