"""The page of ten thousand terminals: what it shows, to whom, at what price."""

import re
import threading
import time
from types import SimpleNamespace

import cbor2
import pytest
from starlette.testclient import TestClient

import crowd
from posfleet.collect.collector import Collector
from posfleet.judge import incidents
from posfleet.page import people, show
from posfleet.page.app import build
from posfleet.store import days
from posfleet.wire import topics
from posfleet.words import load
from posproto import ids
from rig import NOW_S, rows
from waiting import HUNG_S

COUNT = 10_000
PASSWORD = "correct horse battery"
WORDS = ("sam", "nora", "kim", "max", "nobody", "POS-N", "POS-S", "POS-X", "topic")


@pytest.fixture
def fleet(database):
    return crowd.settle(database, COUNT)


def browser(database, clock=lambda: NOW_S + 60, **more):
    return TestClient(build(database, secure=False, clock=clock), follow_redirects=True, **more)


def signed_in(database, role="view", fleets=("north",), name="ann"):
    people.add(database, name, PASSWORD, role, fleets, NOW_S)
    client = browser(database)
    answer = client.post("/login", data={"name": name, "password": PASSWORD})
    assert answer.status_code == 200 and "/login" not in str(answer.url)
    return client


def test_ten_thousand_terminals_cost_few_queries_and_few_rows(database, fleet):
    client = signed_in(database)
    client.get("/")
    database.queries = database.rows_read = 0
    began = time.perf_counter()
    page = client.get("/?lang=en").text
    spent_ms = 1000 * (time.perf_counter() - began)
    print(f"first page, {COUNT} terminals, {database.kind}: {spent_ms:.0f} ms")
    assert f"<b>{COUNT}</b>" in page
    assert database.queries <= 8
    assert database.rows_read <= 120
    assert len(re.findall(r'href="/t/north/', page)) == 25
    database.queries = database.rows_read = 0
    client.get("/terminals?q=POS-000")
    assert database.queries <= 4 and database.rows_read <= 52


def test_an_operators_outage_is_one_incident_within_two_minutes(database):
    count = 2000
    fleet = crowd.settle(database, count)
    client = signed_in(database)
    incidents.judge(database, NOW_S)
    assert rows(database, "SELECT 1 FROM incident") == []  # old troubles are no outage
    before = client.get("/?lang=en").text.count('href="/t/')
    hit = [n for n in range(count) if n % 3 == 0 and n % 11]
    for part in range(3):  # they notice one after another
        mine = {n for n in hit if n % 90 // 30 == part}
        fails = dict.fromkeys(mine, (ids.V_DENIED, 5))
        crowd.says(database, fleet, "north", NOW_S + 10 + 30 * part, fails.get)
    incidents.judge(database, NOW_S + 100)
    page = client.get("/?lang=en").text
    assert page.count('class="incident"') == 1
    assert "CMCC: the network fails for many" in page
    assert page.count('href="/t/') == before  # and not five hundred shops to visit
    found = rows(database, "SELECT kind, subject, members, closed_s FROM incident")
    assert found == [("network", "CMCC", len(hit), None)]
    number = re.search(r'href="/incident/(\d+)"', page).group(1)
    cells = client.get(f"/incident/{number}?lang=en").text
    assert cells.count('class="cell s') == 40
    # It is judged again and again, by several at once, and stays one.
    for second in range(120, 1800, 60):
        incidents.judge(database, NOW_S + second)
    assert len(rows(database, "SELECT 1 FROM incident")) == 1
    well = set(hit)
    crowd.says(
        database,
        fleet,
        "north",
        NOW_S + 1800,
        lambda n: (ids.V_ALL_CLEAR, 1) if n in well else None,
    )
    for second in range(1800, 2400, 60):
        incidents.judge(database, NOW_S + second)
    ((closed_s, peak),) = rows(database, "SELECT closed_s, peak FROM incident")
    assert closed_s is not None and peak == len(hit)


def test_a_shop_without_power_is_one_cause_and_single_silent_terminals_another(database):
    fleet = crowd.settle(database, 400)
    mall, alone = fleet[:20], fleet[20:320]
    with database.writing() as work:
        work.many("UPDATE device SET site = 'Mall' WHERE device = ?", [(d,) for d in mall])
        work.many(
            "UPDATE latest SET due_s = ?, received_s = ? WHERE device = ?",
            [(NOW_S, NOW_S - 9000, device) for device in (*mall, *alone)],
        )
    client = signed_in(database)
    page = client.get("/?lang=en").text
    groups = re.findall(
        r'Nothing heard</span>\s*</td>\s*<td>([^<]*)</td>\s*<td class="n"><a href="([^"]+)">(\d+)',
        page,
    )
    assert groups == [
        ("(different places)", "/terminals?verdict=-1", "300"),
        ("Mall", "/terminals?verdict=-1&amp;subject=Mall", "20"),
    ]
    assert client.get("/terminals?verdict=-1&subject=Mall").text.count('href="/t/') == 20


def test_an_acquirers_silence_is_its_own_incident(database):
    fleet = crowd.settle(database, 300)
    crowd.says(
        database,
        fleet,
        "north",
        NOW_S + 10,
        lambda n: (ids.V_HOST_SILENT, 4) if n % 3 == 1 else None,
    )
    incidents.judge(database, NOW_S + 20)
    assert rows(database, "SELECT kind, subject FROM incident") == [("host", "Acquirer 1")]


def test_a_page_in_each_language_for_each_address(database):
    fleet = crowd.settle(database, 60)
    client = signed_in(database, "manage")
    crowd.says(database, fleet, "north", NOW_S + 9, lambda n: (ids.V_DENIED, 1))
    incidents.judge(database, NOW_S + 10)
    with database.writing() as work:
        work.run(
            "INSERT INTO platform_state (device, platform, at_s, state, detail)"
            " VALUES (?,?,?,?,?)",
            (fleet[1], "rest", NOW_S, ids.PLATFORM_ACTIVE, "normal"),
        )
    words = {
        "/": ("Who is behind it", "责任方"),
        "/terminals": ("What is wrong", "问题"),
        "/t/north/POS-00001": ("The network refuses this SIM card", "怎么办"),
        "/calendar": ("Cards that run empty", "余额用完"),
        "/settlements": ("Waiting", "待发"),
        "/platforms": ("Drive with a new card", "带新卡上门"),
        "/audit": ("signed in", "登录"),
        "/incident/1": ("the network fails for many", "大面积网络故障"),
    }
    for path, pair in words.items():
        for lang, word in zip(("en", "zh"), pair):
            answer = client.get(path, params={"lang": lang})
            assert answer.status_code == 200, path
            assert word in answer.text, (path, lang)
            assert f'lang="{lang}"' in answer.text


def test_of_two_cards_a_terminals_page_says_which_one_is_refused():
    record = {ids.ST_BOOT: 3, ids.ST_UPTIME_S: 90, ids.ST_VERDICT: ids.V_DENIED, ids.ST_CARD: 2}
    request = SimpleNamespace(query_params={"lang": "en"}, cookies={}, headers={})
    title = show.said(request, {"record": cbor2.dumps(record)})["title"]
    assert title == "Card 2 of two: The network refuses this SIM card"


def test_nobody_sees_another_fleet(database):
    crowd.settle(database, 20)
    crowd.settle(database, 20, "south")
    client = signed_in(database, fleets=("south",))
    for path in ("/", "/terminals", "/calendar", "/settlements", "/terminals.csv"):
        assert "/t/north/" not in client.get(path).text
        assert "north," not in client.get(path).text
    assert client.get("/t/north/POS-00001").status_code == 404
    assert client.get("/t/south/POS-00001").status_code == 200
    assert client.get("/audit").status_code == 404  # its role is to look


def test_nobody_reads_of_another_fleets_people_and_strangers(database):
    crowd.settle(database, 3)
    crowd.settle(database, 3, "south")
    crowd.settle(database, 3, "so_th")
    people.add(database, "nora", PASSWORD, "view", ("north",), NOW_S)
    people.sign_in(database, "nora", "wrong", NOW_S)
    people.sign_in(database, "nobody", "wrong", NOW_S)
    one, all_three = (
        signed_in(database, "manage", fleets, name)
        for name, fleets in (("sam", ("so_th",)), ("max", ("north", "south", "so_th")))
    )
    collector = Collector(database, ("south",), lambda: NOW_S)
    for fleet, name in (("south", "POS-S"), ("north", "POS-N"), ("made-up", "POS-X")):
        collector.collect([(topics.topic(fleet, name, "e"), b"rubbish")])
    collector.collect([("posma/1", b"rubbish")])
    north = signed_in(database, "manage", ("north",), "kim")
    seen = {
        client: {word for word in WORDS if word in client.get("/audit?lang=en").text}
        for client in (one, north, all_three)
    }
    assert seen == {
        one: {"sam", "max"},
        north: {"nora", "kim", "max", "POS-N"},
        all_three: {"sam", "nora", "kim", "max", "nobody", "POS-N", "POS-S", "topic"},
    }


def test_an_incident_of_long_ago_has_its_page_and_another_fleets_has_none(database):
    crowd.settle(database, 3)
    with database.writing() as work:
        work.many(
            "INSERT INTO incident (fleet, kind, subject, opened_s, closed_s, seen_s, members,"
            " peak, whole) VALUES (?, 'network', ?, ?, ?, ?, 9, 9, 10)",
            [
                ("north" if n else "south", f"Net {n}", NOW_S - n, NOW_S - n + 9, NOW_S)
                for n in range(70)
            ],
        )
    client = signed_in(database)
    pages = [client.get(f"/incident/{n}?lang=en") for n in (1, 2, 70, 71, 1 << 80)]
    assert [page.status_code for page in pages] == [404, 200, 200, 404, 404]
    assert "Net 69: the network" in pages[2].text


def test_guessed_names_leave_no_more_than_a_day_and_the_audit_ends_somewhere(
    database, monkeypatch
):
    monkeypatch.setattr(days, "_AUDIT_KEPT", 5)
    for n in range(20):
        people.sign_in(database, f"name {n}", "wrong", NOW_S)
    days.forget(database, NOW_S + days.ATTEMPTS_S + 1, 5)
    assert rows(database, "SELECT 1 FROM attempt") == []
    about = [name for (name,) in rows(database, "SELECT account FROM audit ORDER BY audit")]
    assert about == [f"name {n}" for n in range(15, 20)]


def test_without_a_sign_in_nothing_is_shown(database):
    crowd.settle(database, 3)
    client = browser(database)
    for path in ("/", "/terminals.csv", "/t/north/POS-00001", "/audit"):
        assert "POS-0" not in client.get(path).text
        assert str(client.get(path).url).endswith("/login")
    answer = client.post("/t/north/POS-00001/note", data={"note": "x"})
    assert "POS-0" not in answer.text
    assert rows(database, "SELECT 1 FROM note") == []


def test_a_guesser_is_slowed_and_told_no_more_than_others(database):
    people.add(database, "ann", PASSWORD, "view", ("north",), NOW_S)
    for n in range(6):
        assert people.sign_in(database, "ann", "wrong", NOW_S + n // 3) is None
    assert people.sign_in(database, "ann", PASSWORD, NOW_S + 1) is None  # right, but too soon
    assert people.sign_in(database, "ann", PASSWORD, NOW_S + 600)
    client = browser(database)
    pages = {
        client.post("/login", data={"name": name, "password": "wrong"}).text
        for name in ("ann", "nobody")
    }
    assert len(pages) == 1
    said = [what for (what,) in rows(database, "SELECT what FROM audit")]
    assert "sign_in_refused" in said and "sign_in_slowed" in said
    assert PASSWORD not in str(rows(database, "SELECT * FROM account"))


def test_a_session_ends_by_itself_and_by_hand(database):
    people.add(database, "ann", PASSWORD, "view", ("north",), NOW_S)
    token = people.sign_in(database, "ann", PASSWORD, NOW_S)
    with database.reading() as work:
        assert people.person(work, token, NOW_S + 3600)
        assert people.person(work, token, NOW_S + 3 * 3600) is None
        assert people.person(work, "guess", NOW_S) is None
    people.remove(database, "ann", NOW_S)
    with database.reading() as work:
        assert people.person(work, token, NOW_S) is None


def test_a_note_needs_the_role_and_this_sessions_form(database):
    crowd.settle(database, 3)
    viewer = signed_in(database)
    path = "/t/north/POS-00001/note"
    assert viewer.post(path, data={"note": "x", "form": "guess"}).status_code == 403
    manager = signed_in(database, "manage", name="bob")
    assert manager.post(path, data={"note": "x"}).status_code == 403
    form = re.search(r'name="form" value="([^"]+)"', manager.get("/t/north/POS-00001").text)
    data = {"note": "<b>Key is with the baker</b>", "form": form.group(1)}
    page = manager.post(path, data=data).text
    assert "&lt;b&gt;Key is with the baker" in page
    assert "<b>Key" not in page


def test_a_form_of_letters_that_no_key_has_is_refused_like_any_other(database, fleet):
    """compare_digest() raises for them: the answer was an error of the server."""
    client = signed_in(database, role="manage")
    answer = client.post("/t/north/POS-00001/note", data={"note": "x", "form": "\u00e9"})
    assert answer.status_code == 403


def test_an_address_with_a_number_that_is_none_shows_the_list(database, fleet):
    """ "²" is a digit and no number, "--5" loses its signs before it is looked at."""
    client = signed_in(database)
    for odd in ("²", "--5", "-", "٣", "99999999999", "1e3", "%00"):
        for address in (f"/terminals?offset={odd}", f"/terminals?verdict={odd}"):
            assert client.get(address).status_code == 200, address


def test_many_guesses_at_once_take_the_memory_of_two(database, monkeypatch):
    """Each look at a password takes 64 MB; forty threads with a name each took 2.5 GB."""
    lock, both = threading.Lock(), threading.Event()
    now, most = 0, 0

    class Slow:
        def verify(self, known, password):
            nonlocal now, most
            with lock:
                now += 1
                most = max(most, now)
                if now == 2:
                    both.set()
            both.wait(HUNG_S)  # the second one comes, however late it gets its turn
            time.sleep(0.02)
            with lock:
                now -= 1
            raise people.Argon2Error

    monkeypatch.setattr(people, "_HASHER", Slow())
    threads = [
        threading.Thread(target=people.sign_in, args=(database, f"guess{n}", "x" * 12, NOW_S))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 2


def test_a_list_as_csv_is_safe_to_open(database):
    crowd.settle(database, 30)
    with database.writing() as work:
        work.run("UPDATE device SET site = ? WHERE name = ?", ("=1+1", "POS-00011"))
    text = signed_in(database).get("/terminals.csv?lang=zh").text
    assert "'=1+1" in text and text.startswith("\ufeff机群,终端")
    assert ",'," not in text and "-85" in text  # what is absent is an empty cell


def test_a_browser_is_told_to_run_no_script_and_to_keep_nothing(database):
    answer = browser(database).get("/login")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy
    assert answer.headers["cache-control"] == "no-store"
    assert "<script" not in answer.text


def test_metrics_name_states_and_never_a_terminal(database):
    crowd.settle(database, 500)
    with database.writing() as work:
        work.run("UPDATE device SET carrier = name WHERE device % 2 = 0")
    text = browser(database).get("/metrics").text
    assert re.search(r'posma_terminals\{.*kind="network".*verdict="denied"\}', text)
    assert len(re.findall(r"^posma_", text, re.M)) < 600
    assert text.count("POS-") <= 20 * 12


def test_metrics_are_for_this_machine_or_who_has_the_token(database, monkeypatch):
    client = browser(database)
    assert client.get("/metrics").status_code == 200
    for name in ("x-forwarded-for", "forwarded", "via"):  # a proxy's request: it may be anybody's
        assert client.get("/metrics", headers={name: "127.0.0.1"}).status_code == 403
    monkeypatch.setenv("POSFLEET_METRICS_TOKEN", "secret")
    for said, status in ((None, 403), ("Bearer guess", 403), ("Bearer secret", 200)):
        headers = {"authorization": said, "via": "1.1 here"} if said else {}
        assert client.get("/metrics", headers=headers).status_code == status


def test_languages_have_the_same_keys():
    en, zh = load("en"), load("zh")
    assert {t: set(keys) for t, keys in en.items()} == {t: set(keys) for t, keys in zh.items()}
    for table, entries in en.items():
        for key, text in entries.items():
            assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", zh[table][key])), (
                key
            )
