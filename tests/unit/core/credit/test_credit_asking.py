"""Asking the operator: by which way, when, how often, and what each kind of silence means."""

from credit_rig import DAY_S, OK, Books, sent, sms, until_due
from memory_storage import MemoryStorage
from posagent.core.credit.calendar import day_of
from posproto import ids
from posproto.at import sms_write

KENYA = "639021234567890"


def ussd(*lines, code=b"*144#", after_ms=2000):
    """Answers of a modem that gets these +CUSD lines to one code."""
    said = [(10, OK)]
    for line in lines:
        said.append((after_ms, b"\r\n" + line + b"\r\n"))
        after_ms += 5000
    return {b'+CUSD=1,"%s",15' % code: said, b"+CUSD=2": OK}


# By SMS


def test_a_new_card_is_asked_within_a_minute_and_its_answer_read():
    books = Books(BUSY, hour=10)  # in busy hours: nothing at all is known yet
    assert 0 <= books.credit.due(False) < 60
    until_due(books)
    books.ask(sms("10086", "CXYE"))
    assert books.count(ids.E_BALANCE_ASKED) == 1 and books.credit.asked_s is not None
    books.text("尊敬的客户，您的请求已受理，结果将以短信方式下发，请稍候。")
    books.text("【温馨提示】充100元送50元话费，活动余额有限，先到先得。")
    assert books.credit.asked_s is not None and books.credit.balance_minor is None
    books.balance(4208)
    assert books.credit.balance_minor == 4208 and books.credit.asked_s is None
    assert books.credit.due(False) > 0


BUSY = {"busy_from_h": 8, "busy_to_h": 22}


def test_queries_go_out_once_a_day_at_a_random_hour():
    books = Books(hour=8)
    hours = []
    while books.credit.today() < day_of(2025, 7, 3):
        hour = until_due(books)
        books.ask(sms("10086", "CXYE"))
        if books.credit.asked_s is not None:
            hours.append(hour)
            books.balance(5000)
    assert 25 <= len(hours) <= 31, hours
    assert len({hour // 6 for hour in hours}) == 4, hours


def test_a_fleet_that_was_started_in_one_hour_is_not_heard_in_one_hour():
    hours = []
    for seed in range(24):
        books = Books(hour=8, seed=seed + 1)
        until_due(books)
        books.ask(sms("10086", "CXYE"))
        books.balance(5000)
        hours.append(until_due(books))
    assert max(hours.count(hour) for hour in hours) <= 6, hours


def test_queries_go_out_once_a_day_at_random_in_the_quiet_hours_only():
    books = Books(BUSY, hour=10)
    hours = []
    for _ in range(30):
        hour = until_due(books)
        if len(hours) > 0:
            assert hour < 8 or hour >= 22, hour
        books.ask(sms("10086", "CXYE"))
        if books.credit.asked_s is not None:
            hours.append(hour)
            books.balance(5000)
    assert len(hours) >= 28 and len(set(hours[1:])) >= 3, hours
    days = (books.clock.unix_s - day_of(2025, 6, 3) * DAY_S) // DAY_S
    assert 26 <= days <= 34, days


def test_no_query_while_a_settlement_is_in_flight():
    books = Books(hour=1)
    until_due(books)
    assert books.credit.due(True) == -1 and books.credit.due(False) == 0


def test_a_terminal_that_has_power_in_busy_hours_only_is_still_asked_in_the_end():
    storage = MemoryStorage()
    books = Books(BUSY, storage=storage, date=(2025, 6, 3), hour=10)
    until_due(books)
    books.ask(sms("10086", "CXYE"))
    books.balance(5000)
    asked = 0
    for day in range(4, 14):  # on at nine, off at nine
        books = Books(BUSY, storage=storage, date=(2025, 6, day), hour=9, seed=day)
        while books.clock.s < 12 * 3600:
            wait = books.credit.due(False)
            if wait == 0:
                books.ask(sms("10086", "CXYE"))
                if books.credit.asked_s is not None:
                    asked += 1
                    books.balance(5000)
            books.pass_s(600)
    assert 2 <= asked <= 4, asked


def test_an_answer_that_never_comes_is_asked_for_again_later_with_the_next_keyword_then_rarely():
    books = Books(hour=1)
    answers = sms("10086", "CXYE")
    answers.update(sms("10086", "YE"))
    for _ in range(60):
        if until_due(books, 2 * DAY_S) >= 0:
            books.ask(answers)
        books.pass_s(301)
    if books.credit.asked_s is not None:
        books.ask({})  # the time for the last answer is over, too
    assert sent(books, sms_write.pdu("10086", "YE")[0]) >= 2
    assert sent(books, sms_write.pdu("10086", "CXYE")[0]) >= 2
    assert books.count(ids.E_BALANCE_NO_ANSWER) == books.count(ids.E_BALANCE_ASKED)
    assert books.credit.mute
    assert 6 <= books.count(ids.E_BALANCE_ASKED) <= 20  # weekly once nobody ever answered


def test_an_answer_in_new_words_is_reported_unreadable_with_its_masked_text():
    books = Books(hour=1)
    until_due(books)
    books.ask(sms("10086", "CXYE"))
    assert books.text("亲爱的用户：当前结余(元)42点08，谢谢。")
    books.pass_s(400)
    books.ask({})  # the time for an answer is over
    (event,) = [args for event, args in books.events if event == ids.E_BALANCE_UNREADABLE]
    assert "结余" in event[ids.A_TEXT] and "42" not in event[ids.A_TEXT]
    assert books.credit.balance_minor is None
    assert not books.count(ids.E_BALANCE_NO_ANSWER)


def test_a_refused_sms_is_remembered_as_evidence_and_a_lost_network_is_not():
    for code, barred in ((8, True), (50, True), (331, False), (41, False)):
        books = Books(hour=1)
        until_due(books)
        books.ask(sms("10086", "CXYE", b"\r\n+CMS ERROR: %d\r\n" % code))
        assert (books.credit.sms_refused_s >= 0) == barred, code
        assert books.credit.asked_s is None


def test_operators_limits_hold_whoever_asks():
    books = Books(hour=1)
    until_due(books)
    books.ask(sms("10086", "CXYE"))
    books.balance(5000)
    result, wait_s = books.credit.ask_now()
    assert result == ids.R_BUSY and 0 < wait_s <= 600
    asked = 1
    start_s = books.clock.s
    while books.clock.s < start_s + 12 * 3600:
        books.credit.ask_now()
        if books.credit.due(False) == 0:
            books.ask(sms("10086", "CXYE"))
            if books.credit.asked_s is not None:
                asked += 1
                books.balance(5000)
        books.pass_s(120)
    assert asked <= 6


def test_paid_queries_stay_within_the_months_budget():
    books = Books(
        {"balance_every_h": 6, "balance_paid_month": 10},
        imsi="460011234567890",
        date=(2025, 6, 2),
    )
    answers = sms("10010", "CXYE")
    while books.credit.today() < day_of(2025, 6, 28):
        until_due(books, 2 * DAY_S)
        books.ask(answers)
        if books.credit.asked_s is not None:
            books.text("您当前账户可用余额30.00元【中国联通】", "10010")
    assert books.credit.paid == 10 and books.count(ids.E_BALANCE_ASKED) == 10
    assert books.count(ids.E_QUERIES_USED_UP)
    books.pass_s(5 * DAY_S)
    until_due(books, 2 * DAY_S)
    books.ask(answers)
    assert books.credit.paid == 1  # a new month


def test_a_query_that_drops_the_session_is_noticed_and_kept_to_quiet_hours():
    books = Books(hour=12)  # no busy hours are named
    until_due(books)
    books.ask(sms("10086", "CXYE"))
    books.credit.context(False)
    books.pass_s(60, 60)
    books.credit.context(True)
    books.balance(5000)
    assert books.count(ids.E_QUERY_DROPS_DATA) == 1
    for _ in range(5):
        hour = until_due(books)
        assert hour < 6, hour
        books.ask(sms("10086", "CXYE"))
        if books.credit.asked_s is not None:
            books.balance(5000)


def test_a_session_lost_for_other_reasons_is_not_blamed_on_a_query():
    books = Books(hour=1)
    until_due(books)
    books.ask(sms("10086", "CXYE"))
    books.pass_s(600, 60)
    books.credit.context(False)
    books.credit.context(True)
    assert not books.count(ids.E_QUERY_DROPS_DATA)


def test_a_suspicion_asks_even_in_busy_hours_but_once_an_hour():
    books = Books(BUSY, hour=1)
    until_due(books)
    books.ask(sms("10086", "CXYE"))
    books.balance(5000)
    books.pass_s(10 * 3600)
    cause = ids.CAUSE_ESM << 8 | 33
    books.credit.suspect(ids.CAUSE_ESM << 8 | 26)  # congestion says nothing about money
    assert books.credit.due(False) > 3600
    books.credit.suspect(cause)
    assert books.credit.due(False) <= 10
    books.pass_s(10, 10)
    books.ask(sms("10086", "CXYE"))
    assert books.count(ids.E_BALANCE_ASKED) == 2
    books.balance(5000)
    books.credit.suspect(cause)
    assert books.credit.due(False) > 3600


def test_a_top_up_text_without_a_balance_asks_for_it():
    books = Books(hour=12)
    until_due(books)
    books.ask(sms("10086", "CXYE"))
    books.balance(100)
    books.pass_s(3600)
    books.text("您已成功充值50元，感谢使用。【中国移动】")
    assert books.credit.hint and books.count(ids.E_TOPUP_SEEN) == 1
    assert books.credit.due(False) <= 90


def test_the_config_overrides_number_keyword_and_way():
    books = Books({"balance_to": "10010", "balance_text": "102"}, hour=1)
    until_due(books)
    books.ask(sms("10010", "102"))
    assert books.credit.asked_s is not None
    assert Books({"balance_by": "none"}).credit.due(False) == -1
    assert Books({"balance_by": "ussd"}).credit.way == "-"  # China Mobile has none
    assert Books({"balance_by": "ussd", "balance_text": "*100#"}).credit.way == "*100#"
    assert Books(imsi="460041234567890").credit.due(False) == -1  # a machine's card
    assert Books({"balance_every_h": 0}).credit.due(False) == -1
    assert Books(imsi="460041234567890").credit.ask_now()[0] == ids.R_NOT_FOUND


# By USSD


def asked_by_ussd(answers, settings=None, imsi=KENYA):
    books = Books(settings, hour=1, imsi=imsi)
    until_due(books)
    books.ask(answers)
    return books


def test_ussd_answers_are_read_in_every_encoding():
    ucs2 = "".join("%04X" % ord(c) for c in "Your balance is Ksh 49.10.").encode()
    for line in (
        b'+CUSD: 0,"Airtime Bal: 1,234.56 Ksh",15',
        b'+CUSD: 0,"' + ucs2 + b'",72',
        b'+CUSD: 0,"' + ucs2 + b'",15',  # a coding that lies
        b'+CUSD:0,"Your balance is\nKsh 49.10.",15',
    ):
        books = asked_by_ussd(ussd(line))
        assert books.credit.balance_minor in (123456, 4910), line
        assert books.credit.currency == "KES" and books.credit.asked_s is None
        assert not sent(books, b"+CUSD=2")


def test_a_cut_ussd_text_is_no_balance():
    books = asked_by_ussd(ussd(b'+CUSD: 0,"Your balance is Ksh 49.10. It will exp'))
    assert books.credit.balance_minor is None
    assert books.credit.fails == 1


def test_a_menu_is_cancelled_and_a_known_one_is_answered():
    menu = b'+CUSD: 1,"1 Balance\n2 Bundles\n3 Loans",15'
    books = asked_by_ussd(ussd(menu))
    assert sent(books, b"+CUSD=2") == 1 and books.credit.balance_minor is None
    answers = ussd(menu, code=b"*100#")
    answers.update(ussd(b'+CUSD: 0,"Your balance is Ksh 12.00.",15', code=b"1"))
    books = asked_by_ussd(answers, {"balance_text": "*100#>1"})
    assert books.credit.balance_minor == 1200 and not sent(books, b"+CUSD=2")


def test_a_menu_that_shows_the_balance_is_read_and_cancelled():
    menu = b'+CUSD: 1,"Balance: Ksh 7.50\n1 Bundles\n0 Exit",15'
    books = asked_by_ussd(ussd(menu))
    assert books.credit.balance_minor == 750 and sent(books, b"+CUSD=2") == 1


def test_please_wait_comes_before_the_answer():
    wait = b'+CUSD: 0,"Please wait while your request is being processed",15'
    books = asked_by_ussd(ussd(wait, b'+CUSD: 0,"Your balance is Ksh 3.00.",15'))
    assert books.credit.balance_minor == 300


def test_an_answer_promised_by_sms_is_waited_for():
    wait = b'+CUSD: 0,"Your request is being processed, you will receive an SMS",15'
    books = asked_by_ussd(ussd(wait))
    assert books.credit.asked_s is not None and not books.credit.fails
    books.text("Your airtime balance is Ksh 88.00.", "Safaricom")
    assert books.credit.balance_minor == 8800 and books.credit.asked_s is None


def test_a_network_that_says_nothing_or_no_is_cancelled_and_given_up_in_time():
    nothing = {b'+CUSD=1,"*144#",15': OK, b"+CUSD=2": OK}
    books = asked_by_ussd(nothing)
    assert sent(books, b"+CUSD=2") == 1 and books.credit.fails == 1
    refused = {b'+CUSD=1,"*144#",15': b"\r\n+CME ERROR: 4\r\n", b"+CUSD=2": OK}
    books = Books(hour=1, imsi=KENYA)
    for _ in range(12):
        if until_due(books, 2 * DAY_S) >= 0:
            books.ask(refused)
    assert books.credit.mute and books.count(ids.E_BALANCE_ASKED) <= 6
    unsupported = ussd(b"+CUSD: 4")
    assert asked_by_ussd(unsupported).credit.fails == 1


def test_an_error_text_is_no_zero_balance():
    line = b'+CUSD: 0,"The service you requested is currently not available.",15'
    books = asked_by_ussd(ussd(line))
    assert books.credit.balance_minor is None and books.credit.fails == 1
    assert "not available" in books.credit.unread
