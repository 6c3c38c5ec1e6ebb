"""Lives of a SIM card's account: what the agent foresaw, what it said, and how it came back.

    python tests/sim/lives.py [--seed N] [NAME...]      one line for each life
    python tests/sim/lives.py --weeks N [--seed N]      weeks with faults of the network only

Columns: days of warning before the cut, alerts, verdicts that named money while nothing was cut,
time from payment (or from the return of what was stopped) to the next data session and to the
event that says that a message was answered, queries sent, those of the dearest month, and what the
agent said at last while the line was cut.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

if __name__ in ("__main__", "__mp_main__"):
    _ROOT = Path(__file__).resolve().parents[2]
    for _folder in ("protocol", "firmware", "host_tools", "tests/unit", "tests/sim"):
        sys.path.insert(0, str(_ROOT / _folder))

import progress
from credit import ARREARS, DAY_S, NAMES, Life, Result
from posagent.core.credit.calendar import day_of
from posproto import ids
from posworld.rng import Rng
from weather import Weather

MACHINE = {"imsi": "460041234567890", "iccid": "89860425128306012474"}
TELECOM = {"brand": "telecom", "imsi": "460111234567890", "iccid": "89860311111111111111"}
UNICOM = {"brand": "unicom", "imsi": "460011234567890", "iccid": "89860111111111111111"}
NO_ANSWER = "亲爱的用户：本月账户情况请见附页，祝您生活愉快。"


def drain(life: Life, a_day: int, days_max: int = 60) -> int | None:
    """The account loses so much a day until the line is cut; when that was."""
    for _ in range(days_max):
        life.until_midnight()
        life.operator.consume(a_day)
        life.run(10)
        if life.times("barred"):
            life.run(3600)
            return life.times("barred")[0]
    return None


def pay(life: Life, minor: int, after_s: int = 36 * 3600) -> int:
    """Somebody pays, some time after the cut; when."""
    life.run(after_s)
    paid_s = life.now_s
    life.operator.top_up(minor)
    life.run(2 * 3600)
    return paid_s


def slow_drain(seed: int) -> Result:
    """Empty after 40 days; paid a day and a half later."""
    account = {"balance_minor": 5000, "restore_s": 300, "arrears": {"layer": "data", "cause": 33}}
    life = Life(account, seed=seed)
    cut_s = drain(life, 125)
    return Result(life, cut_s, pay(life, 5000))


def selling_on(seed: int) -> Result:
    """A shop hands in message after message while its line is cut: none of them may spend what
    the payment's two texts will need.
    """
    account = {"balance_minor": 5000, "restore_s": 300, "arrears": {"layer": "data", "cause": 33}}
    life = Life(account, {"attempts_max": 1000, "pending_s": 86400}, seed)
    cut_s = drain(life, 125)
    for _ in range(20):
        life.hand_in()
        life.run(293)
    return Result(life, cut_s, pay(life, 5000, 60))


def overdraft(seed: int) -> Result:
    """The operator takes 0.10 yuan a query and lets the account go 5 yuan below zero."""
    account = {
        "balance_minor": 2000,
        "sms_price_minor": 10,
        "restore_s": 300,
        "arrears": {"layer": "data", "cause": 29},
        "arrears_below_minor": -500,
    }
    life = Life(account, seed=seed, **UNICOM)
    cut_s = drain(life, 100)
    return Result(life, cut_s, pay(life, 5000))


def monthly_fee(seed: int) -> Result:
    """29 yuan on the first of each month; August's can still be paid, September's cannot."""
    account = {"balance_minor": 8000, "restore_s": 300, "arrears": {"layer": "data", "cause": 33}}
    life = Life(
        account, seed=seed, brand="telecom", imsi="460111234567890", iccid="898603" + "1" * 14
    )
    life.operator.epoch_s += 9 * DAY_S
    cut_s = None
    for _ in range(110):
        life.until_midnight()
        life.operator.consume(10 + (2900 if life.date()[2] == 1 else 0))
        life.run(10)
        if life.times("barred"):
            cut_s = life.times("barred")[0]
            break
    return Result(life, cut_s, pay(life, 5000))


def new_wording(seed: int) -> Result:
    """From the 20th day on the operator answers in words that nobody knows."""
    account = {"balance_minor": 5000, "restore_s": 300, "arrears": {"layer": "data", "cause": 33}}
    life = Life(account, seed=seed)
    cut_s = None
    for day in range(60):
        if day == 20:
            life.operator.smsc.answer_text = NO_ANSWER
        life.until_midnight()
        life.operator.consume(125)
        life.run(10)
        if life.times("barred"):
            cut_s = life.times("barred")[0]
            break
    return Result(life, cut_s, pay(life, 5000))


def plan_year(seed: int) -> Result:
    """A machine's card: its plan year ends, the line is cut the day after, and renewed later."""
    life = Life({}, seed=seed, **MACHINE)
    life.run(60)
    life.request(ids.OP_PLAN_SET, {ids.PLAN_END_DAY: day_of(2025, 6, 26)})
    while life.date() != (2025, 6, 27):
        life.until_midnight()
        life.run(10)
    life.bar("data", 33)
    cut_s = life.now_s
    life.run(30 * 3600)
    paid_s = life.now_s
    life.operator.unbar()
    life.run(2 * 3600)
    return Result(life, cut_s, paid_s)


def over_quota(seed: int) -> Result:
    """A machine's card with 360 KB for the rest of the month: then stopped until the first."""
    life = Life({}, seed=seed, **MACHINE)
    life.operator.epoch_s += 13 * DAY_S
    life.run(60)
    plan = {ids.PLAN_QUOTA_KB: 360, ids.PLAN_RESET_DOM: 1}
    life.request(ids.OP_PLAN_SET, plan)
    cut_s = back_s = None
    for _ in range(40):
        life.until_midnight()
        if cut_s is not None and life.date()[2] == 1:
            back_s = life.now_s
            life.operator.unbar()
            break
        for _ in range(3):
            life.run(7200)
            if cut_s is None:
                life.sell()
        life.run(60)
        if cut_s is None and life.used_bytes() >= 360 * 1024:
            life.bar("data", 30)
            cut_s = life.now_s
    life.run(2 * 3600)
    return Result(life, cut_s, back_s)


def one_way_then_two_way(seed: int) -> Result:
    """Nobody asks here, so no balance is known: the texts alone warn; first messages are stopped,
    two days later everything.
    """
    life = Life({}, {"balance_by": "none"}, seed)
    life.run(3 * DAY_S)
    life.bar(
        "sms", 50, "【中国移动】您好，您的号码当前账户可用余额为-3.50元，已暂停呼出（单停）。"
    )
    life.run(4 * DAY_S)
    life.text("【中国移动】尊敬的用户，您的号码因欠费已双向停机，请及时缴费。")
    life.run(30)
    life.bar("attach", 8)
    cut_s = life.now_s
    life.run(5 * 3600)
    paid_s = life.now_s
    life.operator.unbar()
    life.run(2 * 3600)
    return Result(life, cut_s, paid_s)


def wrong_debit(seed: int) -> Result:
    """60 yuan are taken by mistake and given back a week later: nothing is ever cut."""
    life = Life({"balance_minor": 9000}, seed=seed)
    for day in range(70):
        life.until_midnight()
        life.operator.consume(40)
        if day == 9:
            life.operator.consume(6000)
        if day == 16:
            life.operator.consume(-6000)
        life.run(10)
    return Result(life, None, None)


def mute_card(seed: int) -> Result:
    """A machine's card without plan data: nothing can be foreseen, only told when it happens."""
    life = Life({}, seed=seed, **MACHINE)
    life.run(5 * DAY_S)
    life.bar("data", 33)
    cut_s = life.now_s
    life.run(20 * 3600)
    paid_s = life.now_s
    life.operator.unbar()
    life.run(2 * 3600)
    return Result(life, cut_s, paid_s)


def mute_denied(seed: int) -> Result:
    """The same where the attach itself is refused: the modem is silent until the hourly slot."""
    life = Life({}, seed=seed, **MACHINE)
    life.run(5 * DAY_S)
    life.bar("attach", 8)
    cut_s = life.now_s
    life.run(20 * 3600)
    paid_s = life.now_s
    life.operator.unbar()
    life.run(9 * 3600)
    return Result(life, cut_s, paid_s)


def fraud_control(seed: int) -> Result:
    """The operator restricts the number, says why, and refuses it: topping up would not help."""
    life = Life({"balance_minor": 5000}, seed=seed)
    life.run(3 * DAY_S)
    life.text(
        "【温馨提醒】尊敬的客户，经发现，您的号码出现通话异常，已对该号码进行功能限制。"
        "如有疑问，请机主本人携带有效证件前往营业厅。"
    )
    life.run(60)
    life.bar("attach", 3)
    cut_s = life.now_s
    life.run(12 * 3600)
    paid_s = life.now_s
    life.operator.unbar()
    life.run(9 * 3600)
    return Result(life, cut_s, paid_s)


def maintenance(seed: int) -> Result:
    """Works on the network at night, announced by text: an outage, no bill."""
    life = Life({"balance_minor": 5000}, seed=seed)
    life.run(2 * DAY_S)
    life.text("尊敬的客户，因网络优化割接，今晚0点至5点将暂停服务，期间无法上网，敬请谅解。")
    life.until_midnight()
    life.operator.mute = True
    life.stage.modem.radio.detached(0)
    life.run(5 * 3600)
    life.operator.mute = False
    life.run(5 * 3600)
    return Result(life, None, None)


def outage_and_arrears(seed: int) -> Result:
    """Forty days of drain; on the last evening the cell fails, at midnight the account runs out,
    and when the cell is back in the night the line is cut.
    """
    account = {"balance_minor": 5000, "restore_s": 300, "arrears": {"layer": "data", "cause": 33}}
    life = Life(account, seed=seed)
    while life.operator.account.balance_minor >= 125:
        life.until_midnight()
        life.operator.consume(125)
        life.run(10)
    life.run(22 * 3600)
    failed_s = life.now_s
    life.stage.do({"do": "no_coverage"})
    life.until_midnight()
    life.operator.consume(125)
    life.run(2 * 3600)
    without = [v for at, v in life.verdicts if at > failed_s and v in ARREARS]
    assert life.times("barred") and not without, without
    for cell in life.operator.cells:
        life.operator.cover(cell.act, -90)
    life.run(3600)
    return Result(life, life.now_s - 3600, pay(life, 5000, 3600))


LIVES: dict[str, Callable[[int], Result]] = {
    life.__name__.replace("_", "-"): life
    for life in (
        slow_drain,
        selling_on,
        overdraft,
        monthly_fee,
        new_wording,
        plan_year,
        over_quota,
        one_way_then_two_way,
        wrong_debit,
        mute_card,
        mute_denied,
        fraud_control,
        maintenance,
        outage_and_arrears,
    )
}


def week(seed: int) -> tuple[int, list[tuple[int, str]]]:
    """(faults, verdicts that named money) in a week with faults of the network alone."""
    low = seed % 3 == 0
    life = Life({"balance_minor": 950 if low else 6000}, seed=seed, look_s=300)
    life.run(120)
    chaos = Weather(life.stage, Rng(seed), 4000)
    chaos.start()
    life.run(7 * DAY_S)
    return chaos.count, [(at, NAMES[v]) for at, v in life.verdicts if v in ARREARS]


HEAD = "%-26s %8s %6s %6s %9s %9s %8s %8s  said at last" % (
    *("life", "warned", "alerts", "false", "service", "proven", "queries", "a month"),
)


def _week(seed: int) -> tuple[int, int, list[str]]:
    return seed, *week(seed)


def play_weeks(seed: int, weeks: int) -> int:
    """Side by side on all cores; 1 where one of them had a false word of money."""
    started = time.monotonic()
    false = faults = 0
    workers = min(os.cpu_count() or 1, weeks)

    def wrong(played: tuple[int, int, list[str]]) -> list[str]:
        return [f"seed {played[0]}: {played[2][:5]}"] if played[2] else []

    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        played = pool.imap(_week, range(seed, seed + weeks))
        for _, count, said in progress.shown(played, weeks, "weeks", wrong):
            faults += count
            false += bool(said)
    spent_s = time.monotonic() - started
    print(f"{weeks} weeks, {faults} faults, {false} with a false word of money, {spent_s:.0f} s")
    return 1 if false else 0


def main(arguments: list[str]) -> int:
    seed, weeks = 1, 0
    while arguments[:1] in (["--seed"], ["--weeks"]):
        if arguments[0] == "--seed":
            seed = int(arguments[1])
        else:
            weeks = int(arguments[1])
        arguments = arguments[2:]
    started = time.monotonic()
    if weeks:
        return play_weeks(seed, weeks)
    print(f"seed {seed}\n{HEAD}", flush=True)
    for name in arguments or LIVES:
        began = time.monotonic()
        line = LIVES[name](seed).line(name)
        print(f"{line:90} {time.monotonic() - began:4.0f} s", flush=True)
    print(f"{time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
