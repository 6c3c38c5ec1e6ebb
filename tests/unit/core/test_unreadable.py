"""Files that cannot be read: every start goes on, counts and says so; a locked board would have
restarted for ever.
"""

from dropping import keep_modules
from posproto import cbor, ids
from safe_host import Host
from whole_host import LockedHost, WholeHost

keep_modules()

FILES = ("boot", "budget", "credit", "log0", "log1", "log3", "settle", "terminal", "om0", "ob0")
FILES += ("oa0", "key", "secret", "iccid", "wrong")


def events(host, event_id):
    host.agent.log.flush()
    found, at = [], 0
    while True:
        records, at, _ = host.agent.log.read(at, 8)
        if not records:
            return found
        for record in records:
            event = cbor.decode(record)
            if event[ids.EV_ID] == event_id:
                found.append(event[ids.EV_ARGS])


def test_each_file_may_be_unreadable_at_a_start():
    for kind in (WholeHost, LockedHost, Host):
        for name in FILES:
            host = kind()
            for file in FILES:
                host.storage.files.setdefault(file, b"what was there before")
            host.storage.broken = {name}
            host.start()
            host.agent.step()
            assert host.ask(ids.OP_STATUS)[0] == ids.R_OK, name
            for op in (ids.OP_LOG, ids.OP_COUNTERS, ids.OP_CRASHES, ids.OP_CHALLENGE):
                assert host.ask(op)[0] in (ids.R_OK, ids.R_BUSY), (kind, name, op)
            assert host.agent.counters[ids.C_LAST_RESORT] == 0


def test_an_unreadable_file_is_counted_and_told_by_name():
    host = WholeHost()
    host.storage.broken = {"budget", "settle"}
    host.start()
    host.sleep(9)
    told = [args[ids.A_KEY] for args in events(host, ids.E_FLASH_UNREADABLE)]
    assert sorted(told) == ["budget", "settle"]
    assert host.agent.counters[ids.C_FLASH_ERRORS] >= 2


def test_a_terminal_file_that_is_no_text_does_not_hide_the_money():
    host = WholeHost()
    host.storage.files["terminal"] = b"1000\xff\xfe01\n1044"
    assert host.ask(ids.OP_SETTLEMENT)[1][ids.REP_TERMINAL] == ["1000??01", "1044"]
    for broken in (b"", b"\n\n\n", b"x"):
        host.storage.files["terminal"] = broken
        assert host.ask(ids.OP_SETTLEMENT)[0] == ids.R_OK


def test_a_flash_that_shows_an_earlier_state_is_noticed():
    """littlefs fell back to an older root block: messages gone, starts counted anew."""
    host = WholeHost()
    host.agent.log.boot = 41
    host.agent.event(ids.E_SIM, ids.SEV_ERROR)
    host.agent.log.flush()
    host.start()  # as number 5
    (told,) = events(host, ids.E_FLASH_OLD)
    assert told == {ids.A_COUNT: 41}
