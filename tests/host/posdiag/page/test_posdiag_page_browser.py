"""The live page in a real browser: six troubles, three widths, two languages, keyboard alone."""

import re
import threading

import pytest

import chromium
from posdiag.page.server import Server
from posdiag.page.table import Table
from pospractice.serve import Practice
from posworld.story import scenario
from waiting import HUNG_S

WIDTHS = (360, 768, 1280)
# scenario, verdict to wait for, what the page heads with
TROUBLES = (
    (
        *("denied-until-topup", "credit_overdue"),
        *("Line suspended: the SIM card is not paid", "SIM卡欠费停机"),
    ),
    ("at-port-dead", "modem_dead", "Modem does not answer", "通信模块没有响应"),
    (
        *("accepts-and-never-answers", "host_silent"),
        *("Payment provider does not answer", "收单机构没有应答"),
    ),
    ("tray-empty", "sim_absent", "No SIM card", "未检测到SIM卡"),
    ("captive-page", "captive", "An operator's page is in the way", "被运营商页面拦截"),
    ("back-off-told", "congestion", "Network overloaded", "网络拥堵"),
)

pytestmark = pytest.mark.skipif(
    not chromium.PROGRAM or not chromium.AXE.is_file(),
    reason="no Chromium or no axe-core; make ci-tools installs both",
)


@pytest.fixture(scope="module")
def page():
    """The page of six practice terminals, each in its trouble."""
    practices = []
    for name, verdict, *_ in TROUBLES:
        practice = Practice(scenario.load(name), 1, bytes(32))
        practice.reach(verdict)
        practices.append(practice)
    over = threading.Event()

    def live():
        while not over.is_set():
            for practice in practices:
                turns = iter((True, False))
                practice.run(lambda turns=turns: next(turns))

    living = threading.Thread(target=live, daemon=True)
    living.start()
    table = Table(tuple(practice.port for practice in practices), None)
    server = Server(table)
    serving = threading.Thread(target=server.run, daemon=True)
    serving.start()
    yield server.url
    server.stop()
    table.close()
    serving.join(HUNG_S)
    over.set()
    living.join(HUNG_S)
    for practice in practices:
        practice.close()


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    found = chromium.Chromium(tmp_path_factory.mktemp("chromium"))
    yield found
    found.close()


def headings(browser):
    return browser.run("[...document.querySelectorAll('.say .title')].map(n => n.textContent)")


@pytest.mark.parametrize("lang, place", [("en", 2), ("zh", 3)])
def test_six_terminals_side_by_side_say_what_is_wrong_and_fit_every_window(
    browser, page, lang, place
):
    browser.open(f"{page}?lang={lang}")
    browser.wait("document.querySelectorAll('.say .title').length === 6")
    browser.wait("document.querySelectorAll('.events .log').length === 6")
    assert headings(browser) == [trouble[place] for trouble in TROUBLES]
    assert not browser.run("document.querySelector('.head .spinner')")  # something was received
    for width in WIDTHS:
        browser.size(width)
        assert browser.overflow() == []
        browser.picture(f"page-{lang}-{width}")
    browser.dark(lang == "zh")
    assert browser.faults() == []
    browser.picture(f"page-{lang}-{'dark' if lang == 'zh' else 'light'}")
    browser.dark(False)
    assert browser.errors == []


def test_two_values_of_one_moment_draw_a_level_not_a_slope_to_nothing(browser, page):
    """Twice -93 dBm within a second was a wedge that fell to the floor."""
    browser.open(f"{page}?lang=en")
    browser.wait("document.querySelectorAll('.say .title').length === 6")
    place = browser.run("document.querySelector('script[type=module]').src")
    points = (
        "{points: [[5, -93], [5, -93]], title: '', last: '', low: '', high: '', from: '', to: ''}"
    )
    drawn = browser.run(
        f"import(new URL('plots.js', {place!r})).then(found => found.plot({points})"
        ".querySelector('.line').getAttribute('d'))"
    )
    assert re.fullmatch(r"M0 [0-9.]+H600", drawn)


def test_a_terminal_is_tested_from_the_keyboard_alone_and_shows_how_far_it_is(browser, page):
    browser.open(f"{page}?lang=en")
    browser.wait("document.querySelectorAll('.say .title').length === 6")
    browser.run("document.querySelector('[data-key=lang]').focus()")
    for _ in range(40):
        browser.key("Tab")
        if browser.run("document.activeElement.dataset.key") == "self_test":
            break
    browser.key("Enter")
    browser.wait("document.querySelector('.job')")
    parts = "[...document.querySelectorAll('.part, .job, .say')].flatMap(n => [...n.childNodes])"
    assert browser.run(f"{parts}.filter(n => n.nodeType === 3).map(n => n.data)") == []
    browser.wait("document.querySelector('.job progress, .job.done')")
    browser.wait("document.querySelector('.job.done')")
    items = browser.run("[...document.querySelectorAll('.job .items li')].map(n => n.textContent)")
    assert any(line.startswith("✓SIM card") for line in items), items
    assert any(line.startswith("✕Network registration") for line in items), items


def test_one_step_of_healing_is_asked_about_before_it_is_ordered(browser, page):
    """Without a key it cannot even be asked for; its budget is shown all the same."""
    browser.open(f"{page}?lang=en")
    browser.wait("document.querySelector('.rungs button')")
    assert browser.run("document.querySelector('.rungs button').disabled")
    words = browser.run("document.querySelector('.rungs').textContent")
    assert "used 0 of" in words
    days = browser.run("[...document.querySelectorAll('.day')].map(n => n.textContent)")
    assert "Before the clock was set" in days and "" not in days
    browser.size(360)
    browser.run("document.querySelectorAll('.rungs').forEach(n => n.parentNode.open = true)")
    heights = "[...document.querySelectorAll('.rungs button')].map(n => n.offsetHeight)"
    assert min(browser.run(heights)) > 20 and max(browser.run(heights)) < 50  # one line each
    assert browser.errors == []
