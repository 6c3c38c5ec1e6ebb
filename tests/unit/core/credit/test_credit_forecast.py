"""Balance, fees, quota and plan against the calendar: warned in time, once, not for nothing."""

from credit_rig import DAY_S, Books
from memory_storage import MemoryStorage
from posagent.core.credit import forecast
from posagent.core.credit.calendar import date_of, day_of
from posagent.core.life import config
from posproto import ids


def test_days_and_dates_are_each_others_inverse():
    for day, date in ((10957, (2000, 1, 1)), (20242, (2025, 6, 3)), (19782, (2024, 2, 29))):
        assert day_of(*date) == day and date_of(day) == date
    day = day_of(2024, 1, 1)
    for _ in range(1500):
        assert day_of(*date_of(day)) == day
        day += 1
    for wrong in ((2025, 2, 29), (2025, 13, 1), (2025, 4, 31), (1999, 1, 1), (2100, 1, 1)):
        assert day_of(*wrong) == 0


def test_a_slow_drain_is_told_five_days_ahead_and_once():
    books = Books({"balance_low_minor": 100})
    minor = 5000
    told_at = None
    while minor > 0:
        books.days([minor])
        if books.count(ids.E_CREDIT_ALERT) and told_at is None:
            told_at = minor
        minor -= 125
    books.balance(0)
    assert told_at is not None and 3 * 125 <= told_at <= 6 * 125
    assert books.count(ids.E_CREDIT_ALERT, ids.V_CREDIT_LOW) == 1
    assert books.credit.warning() == ids.V_CREDIT_EXHAUSTED


def test_where_answers_end_the_drain_goes_on_in_the_forecast():
    books = Books({"balance_low_minor": 100})
    books.days([8000 - 200 * n for n in range(16)])  # 5000 left, then nobody answers any more
    assert not books.count(ids.E_CREDIT_ALERT)
    days = 0
    while not books.count(ids.E_CREDIT_ALERT):
        books.pass_s(DAY_S)
        days += 1
        assert days < 25
    assert 25 - days >= 3
    books.pass_s(40 * DAY_S)  # and it stays so, however old the last answer is
    # Somebody may have paid: that it is empty the operator must say, or the line.
    assert books.credit.estimate_minor <= 0
    assert books.credit.warning() == ids.V_CREDIT_LOW
    assert books.count(ids.E_CREDIT_ALERT) == 1


def test_one_balance_says_nothing_about_days_left():
    books = Books()
    books.days([5000])
    assert books.credit.days_left is None and forecast.pace(books.credit) is None
    assert books.credit.state == ids.CREDIT_GOOD


def test_a_top_up_ends_the_alert_and_the_next_drain_alerts_again():
    books = Books()
    books.days([2000, 1600, 1200, 800])
    assert books.credit.warning() == ids.V_CREDIT_LOW
    books.days([9000, 8600])
    assert books.credit.warning() == 0
    books.days([1200, 800])
    assert books.count(ids.E_CREDIT_ALERT, ids.V_CREDIT_LOW) == 2


def test_a_balance_that_hovers_at_the_limit_alerts_once():
    books = Books({"balance_low_minor": 100, "balance_warn_days": 5})
    # 500 a day; the days left go 6, 5, 6, 5 ... as the estimate hovers
    books.days([6000, 5500, 5000, 4500, 4000, 3500, 3000])
    for minor in (2800, 3000, 2800, 3100, 2900, 3000):
        books.balance(minor)
        books.pass_s(3600)
    assert books.count(ids.E_CREDIT_ALERT, ids.V_CREDIT_LOW) <= 1


def test_the_fee_of_the_first_is_learned_in_one_month_and_foreseen_in_the_next():
    books = Books({"balance_low_minor": 100}, date=(2025, 6, 20))
    minor = 9000
    alert = None
    for _ in range(70):
        date = date_of(books.credit.today())
        if date[2] == 1:
            minor -= 3000
        if minor < 0:
            break
        books.days([minor])
        if alert is None and books.count(ids.E_CREDIT_ALERT):
            alert = date_of(books.credit.today() - 1)
        minor -= 50
    # 20 June 90.00; July's fee leaves 54.50; August's leaves 8.00; September's cannot be paid
    assert books.credit.fee_dom == 1 and 2950 <= books.credit.fee_minor <= 3050
    assert alert is not None
    assert alert[1] < date[1] or date[2] - alert[2] >= 3, (alert, date)


def test_a_wrong_debit_that_comes_back_or_never_comes_again_is_no_fee():
    books = Books({"balance_low_minor": 100}, date=(2025, 6, 4))
    books.days([9000, 8950, 8900, 8850, 5800, 5750, 5700])
    books.days([5700 - 50 + 3000, 8600, 8550])  # given back
    assert books.credit.fee_minor == 0 and books.credit.fee_dom == 0
    assert books.credit.warning() == 0
    books = Books({"balance_low_minor": 100}, date=(2025, 6, 4))
    books.days([9000, 8950, 8900, 8850, 5800])
    books.days([5750 - 50 * n for n in range(40)])
    assert books.credit.fee_minor == 0 and books.credit.fee_dom == 0
    assert not books.count(ids.E_CREDIT_ALERT)


def test_a_top_up_that_resembles_the_fee_does_not_undo_it():
    books = Books({"balance_low_minor": 100}, date=(2025, 6, 28))
    books.days([5000, 4950, 4900, 1950, 1900, 1900 - 50 + 3000, 4800])
    assert books.credit.fee_dom == 1 and 2850 <= books.credit.fee_minor <= 2950


def test_a_fee_on_any_day_is_foreseen_in_the_second_month():
    books = Books({"balance_low_minor": 100}, date=(2025, 6, 10))
    minor = 5000
    alert = None
    while minor >= 0:
        if date_of(books.credit.today())[2] == 15:
            minor -= 2900
        books.days([minor])
        minor -= 20
        if alert is None and books.count(ids.E_CREDIT_ALERT):
            alert = date_of(books.credit.today())
    assert books.credit.fee_dom == 15 and 2850 <= books.credit.fee_minor <= 2950
    assert alert is not None and alert[1:] <= (7, 12)  # empty on the 15th of July


def test_the_operators_text_names_the_day_of_the_fee():
    books = Books()
    books.text("温馨提醒：您所订购的套餐月基本费扣费规则为每月1日凌晨一次性扣取，请及时缴费。")
    assert books.credit.fee_dom == 1
    assert books.credit.warning() == 0


def test_the_end_of_the_plan_year_is_told_two_weeks_ahead_and_once():
    books = Books(imsi="460041234567890", date=(2025, 6, 3))
    end = day_of(2025, 7, 1)
    assert books.credit.plan_set({ids.PLAN_END_DAY: end, ids.PLAN_RESELLER: "card shop"})[0] == 0
    for _ in range(30):
        books.pass_s(DAY_S)
    assert books.count(ids.E_CREDIT_ALERT) == 1
    (told,) = [args for event, args in books.events if event == ids.E_CREDIT_ALERT]
    assert told == {ids.A_VERDICT: ids.V_CREDIT_PLAN_EXPIRING, ids.A_COUNT: 14}
    assert books.credit.warning() == ids.V_CREDIT_PLAN_EXPIRING
    books.credit.plan_set({ids.PLAN_END_DAY: end + 365})
    assert books.credit.warning() == 0


def test_a_yearly_fee_is_told_before_it_is_taken():
    books = Books(imsi="460041234567890", date=(2025, 6, 3))
    books.credit.plan_set({ids.PLAN_FEE_DAY: day_of(2025, 6, 20), ids.PLAN_FEE_MINOR: 3600})
    books.pass_s(11 * DAY_S)
    assert not books.count(ids.E_CREDIT_ALERT)
    books.pass_s(2 * DAY_S)
    assert books.count(ids.E_CREDIT_ALERT, ids.V_CREDIT_FEE_DUE) == 1


def test_quota_that_will_not_last_is_told_days_ahead_from_the_terminals_own_count():
    books = Books(imsi="460041234567890", date=(2025, 6, 1))
    books.credit.plan_set({ids.PLAN_QUOTA_KB: 10240, ids.PLAN_RESET_DOM: 1})
    left = []
    for day in range(1, 30):
        books.credit.traffic(0, 480 * 1024)  # 480 KB a day: empty on the 22nd
        books.pass_s(DAY_S)
        if books.count(ids.E_CREDIT_ALERT, ids.V_CREDIT_DATA_LOW) and not left:
            left.append(10240 // 480 - day)
    assert left and 3 <= left[0] <= 8, left
    books.pass_s(3 * DAY_S)  # a new month
    assert books.credit.warning() == 0 and books.credit.traffic_before[0] > 10240 * 1024


def test_quota_that_lasts_is_not_alarmed_about():
    books = Books(imsi="460041234567890", date=(2025, 6, 1))
    books.credit.plan_set({ids.PLAN_QUOTA_KB: 10240, ids.PLAN_RESET_DOM: 1})
    for _ in range(58):
        books.credit.traffic(0, 250 * 1024)
        books.pass_s(DAY_S)
    assert not books.count(ids.E_CREDIT_ALERT)


def test_the_modules_own_count_is_taken_as_differences_and_survives_its_reset():
    books = Books(imsi="460041234567890")
    for count in (5000, 9000, 1000):
        books.credit.traffic(2, count)
    assert books.credit.traffic_bytes[2] == 10000


def test_what_is_known_survives_a_restart_and_alerts_are_not_repeated():
    storage = MemoryStorage()
    books = Books(storage=storage)
    books.days([2000, 1600, 1200, 800])
    assert books.count(ids.E_CREDIT_ALERT) == 1
    again = Books(storage=storage, date=date_of(books.credit.today()), hour=8)
    again.pass_s(3 * DAY_S)
    assert again.credit.balance_minor == 800 and again.credit.history == books.credit.history
    assert not again.count(ids.E_CREDIT_ALERT)
    assert again.credit.estimate_minor <= 0  # 400 a day since
    assert again.credit.warning() == ids.V_CREDIT_LOW


def test_another_card_starts_with_empty_books_but_a_plan_set_before_it_was_seen_holds():
    storage = MemoryStorage()
    books = Books(storage=storage)
    books.days([2000, 1600])
    books.credit.sim("460011234567890", "89860125128306012474")
    assert books.credit.balance_minor is None and books.credit.history == []
    fresh = Books(storage=MemoryStorage())
    fresh.credit.card = 0
    fresh.credit.plan_set({ids.PLAN_END_DAY: 20500})
    fresh.credit.sim("460041234567890", "89860425128306012474")
    assert fresh.credit.plan == {ids.PLAN_END_DAY: 20500}


def test_damaged_books_count_as_never_written_and_a_full_flash_is_survived():
    storage = MemoryStorage()
    Books(storage=storage).days([2000, 1600])
    whole = storage.files["credit"]
    for at in range(0, len(whole), 7):
        storage.files["credit"] = whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :]
        assert Books(storage=storage).credit.balance_minor is None
        storage.files["credit"] = whole
    storage.files["credit"] = whole[:20]
    assert Books(storage=storage).credit.balance_minor is None
    books = Books()
    books.storage.fail_at = 1
    books.balance(1200)
    assert books.credit.balance_minor == 1200


def test_flash_is_written_a_few_times_a_day_and_the_file_stays_small():
    books = Books()
    books.days([9000 - 50 * n for n in range(60)])
    assert books.storage.changes <= 60 * 4
    assert books.storage.size("credit") < 600
    assert len(books.credit.history) == 64


def test_plan_data_is_taken_whole_or_not_at_all():
    books = Books()
    for wrong in (
        {99: 1},
        {ids.PLAN_END_DAY: "soon"},
        {ids.PLAN_RESELLER: 5},
        {ids.PLAN_RESELLER: "x" * 41},
        {ids.PLAN_RESET_DOM: 31},
        {ids.PLAN_QUOTA_KB: -5},
        {ids.PLAN_QUOTA_KB: True},
        {ids.PLAN_END_DAY: 20500, ids.PLAN_FEE_DOM: 29},
    ):
        result, reason = books.credit.plan_set(wrong)
        assert result == ids.R_BAD_REQUEST and reason, wrong
    assert books.credit.plan == {}
    books.credit.plan_set({ids.PLAN_END_DAY: 20500, ids.PLAN_RESELLER: "shop"})
    books.credit.plan_set({ids.PLAN_END_DAY: -1, ids.PLAN_RESELLER: ""})
    assert books.credit.plan == {} and books.count(ids.E_PLAN_SET) == 2


def test_the_defaults_of_the_thresholds_are_in_the_schema():
    values, _ = config.load(None)
    assert values["balance_warn_days"] == 5 and values["plan_warn_days"] == 14
    assert values["quota_warn_percent"] == 80 and values["balance_paid_month"] == 31


def test_a_day_that_comes_again_ends_nothing_and_warns_of_nothing():
    """The clock was set minutes behind midnight and then corrected, or the zone was told: the days
    of this period were none, and their pace crashed; some days more, and data seemed to end.
    """
    for back_s in (600, 3 * DAY_S, 300 * DAY_S):
        books = Books(date=(2026, 8, 13), hour=0)
        books.credit.plan_set({ids.PLAN_QUOTA_KB: 10240, ids.PLAN_RESET_DOM: 1})
        books.credit.traffic(0, 300000)
        books.balance(5000)
        books.clock.set_unix(books.clock.unix_s - back_s)
        assert forecast.quota(books.credit, books.credit.today())[2] is None  # asked before
        books.pass_s(120)
        assert not books.count(ids.E_CREDIT_ALERT), back_s
        assert books.credit.history == [books.credit.today(), 5000]


def test_what_a_wrong_calendar_dated_does_not_keep_answers_and_queries_away():
    """Behind it each answer was taken for an old one, and asked for again; behind the next start
    the next query was due as late as that calendar had it.
    """
    books = Books(date=(2026, 10, 16))
    books.balance(5000)
    books.credit.ask_unix_s = books.clock.unix_s
    books.clock.set_unix(books.clock.unix_s - 500 * DAY_S)
    books.balance(4208)
    assert books.credit.balance_minor == 4208 and books.credit.next_s > books.clock.s + 3600
    books.pass_s(120)
    assert books.credit.history == [books.credit.today(), 4208]
    books.start()
    assert 0 <= books.credit.due(False) <= 2 * DAY_S
