"""What a text of the operator changes in the account, rule by rule."""

from credit_rig import Books
from posagent.core.credit import news, reasons
from posproto import ids

MASKED = "masked"


class _Reading:
    """A text that was read, by what it says."""

    def __init__(self, **fields):
        self.balance_minor = self.left_kb = None
        self.currency = "CNY"
        self.valid_day = self.fee_dom = 0
        self.says = 0
        for name in fields:
            setattr(self, name, fields[name])


def _told(books, age_s=0, **fields):
    """Was it the number that was asked for?"""
    return news.apply(books.credit, _Reading(**fields), MASKED, age_s)


def _asks(books):
    """(why, seconds until) of the next query, None where none was brought forward."""
    credit = books.credit
    if credit.why == reasons.SCHEDULE:
        return None
    return credit.why, credit.next_s - books.clock.s


def _quiet(**how):
    books = Books(**how)
    books.credit.way = "code 10086 YE"
    books.credit.next_s = None
    books.credit.why = reasons.SCHEDULE
    books.events = []
    return books


def test_a_balance_is_the_answer_and_ends_the_waiting():
    books = _quiet()
    credit = books.credit
    credit.asked_s, credit.reply, credit.unread = 5, "1", "what?"
    credit.fails, credit.mute, credit.look = 2, 1, True
    assert _told(books, balance_minor=1234)
    assert (credit.balance_minor, credit.currency) == (1234, "CNY")
    assert credit.balance_up_s == books.clock.s and credit.balance_unix_s == books.clock.unix_s
    assert (credit.asked_s, credit.reply, credit.unread) == (None, "", "")
    assert (credit.fails, credit.mute, credit.look) == (0, 0, False)
    assert books.events == [(ids.E_BALANCE, {ids.A_BALANCE_MINOR: 1234, ids.A_CURRENCY: "CNY"})]


def test_a_balance_is_as_old_as_its_text():
    books = _quiet()
    assert _told(books, 600, balance_minor=1234)
    assert books.credit.balance_up_s == books.clock.s - 600
    assert books.credit.balance_unix_s == books.clock.unix_s - 600


def test_data_that_are_left_are_an_answer_too():
    books = _quiet()
    assert _told(books, left_kb=0) and books.credit.left_kb == 0


def test_a_number_of_yesterday_is_asked_for_again():
    for age_s, taken in ((86400, True), (86401, False)):
        books = _quiet()
        assert _told(books, age_s, balance_minor=1234, left_kb=7) == taken, age_s
        assert books.credit.balance_minor == (1234 if taken else None)
        assert books.credit.left_kb == (7 if taken else None)
        assert _asks(books) == (None if taken else (reasons.SUSPICION, 90))
    books = _quiet()
    assert not _told(books, 86401, left_kb=7) and _asks(books) is None


def test_a_text_older_than_what_is_known_changes_no_number():
    for older_s, taken in ((0, True), (600, True), (601, False)):
        books = _quiet()
        books.credit.balance_unix_s = books.clock.unix_s
        assert _told(books, older_s, balance_minor=1234) == taken, older_s


def test_the_end_of_the_plan_and_the_day_of_the_fee_are_kept():
    books = _quiet()
    today = books.credit.today()
    _told(books, valid_day=today + 1, fee_dom=12)
    assert (books.credit.valid_day, books.credit.fee_dom) == (today + 1, 12)
    _told(books, valid_day=today)  # over: of the plan before
    _told(books)
    assert (books.credit.valid_day, books.credit.fee_dom) == (today + 1, 12)


def test_a_balance_takes_back_what_was_said_of_the_line_and_no_more():
    line = ids.SAYS_SUSPENDED | ids.SAYS_ONE_WAY | ids.SAYS_LOW
    rest = ids.SAYS_EXPIRED | ids.SAYS_DATA_USED_UP
    for minor, says, left in (
        (1, 0, rest),
        (0, 0, line | rest),
        (-5, 0, line | rest),
        (100, ids.SAYS_LOW, ids.SAYS_LOW & 0),
    ):
        books = _quiet()
        books.credit.said = line | rest
        _told(books, balance_minor=minor, says=says)
        assert books.credit.said == left, (minor, says, books.credit.said)


def test_each_state_that_is_told_is_kept_with_its_time_and_asked_about():
    for name in [
        "SUSPENDED",
        "ONE_WAY",
        "DATA_STOPPED",
        "DATA_USED_UP",
        "EXPIRED",
        "RESTRICTED",
        "BOUND",
    ]:
        says = getattr(ids, "SAYS_" + name)
        books = _quiet()
        _told(books, 300, says=says)
        credit = books.credit
        assert credit.said == says and credit.said_s == books.clock.s - 300, name
        assert credit.said_unix_s == books.clock.unix_s - 300
        assert _asks(books) == (reasons.SUSPICION, 90), name
        books = _quiet()
        _told(books, says=says, balance_minor=-100)
        assert books.credit.said == says and _asks(books) is None, name


def test_what_is_no_state_changes_none():
    for name in ["NO_NUMBER", "WAIT", "MAINTENANCE", "WARNING", "RESTART"]:
        books = _quiet()
        books.credit.said = ids.SAYS_EXPIRED
        _told(books, says=getattr(ids, "SAYS_" + name))
        assert books.credit.said == ids.SAYS_EXPIRED and _asks(books) is None, name
    books = _quiet()
    _told(books, says=ids.SAYS_LOW)
    assert books.credit.said == ids.SAYS_LOW and _asks(books) is None


def test_a_state_told_three_days_ago_is_no_news():
    for age_s, kept in ((259200, ids.SAYS_SUSPENDED), (259201, 0)):
        books = _quiet()
        _told(books, age_s, says=ids.SAYS_SUSPENDED)
        assert books.credit.said == kept


def test_paid_or_restored_ends_what_was_said_and_is_a_hint():
    for says, event in (
        (ids.SAYS_TOPPED_UP, ids.E_TOPUP_SEEN),
        (ids.SAYS_RESTORED, ids.E_RESTORED_SEEN),
        (ids.SAYS_RESTORED | ids.SAYS_TOPPED_UP, ids.E_TOPUP_SEEN),
    ):
        for restart in (0, ids.SAYS_RESTART):
            books = _quiet()
            books.credit.said = ids.SAYS_SUSPENDED
            _told(books, says=says | restart | ids.SAYS_SUSPENDED)
            credit = books.credit
            assert (credit.said, credit.hint, credit.advice) == (0, True, restart > 0)
            assert books.events == [(event, {ids.A_TEXT: MASKED})]
            assert _asks(books) == (reasons.TOP_UP, 90)
    books = _quiet()
    _told(books, says=ids.SAYS_TOPPED_UP, balance_minor=5000)
    assert books.credit.hint and _asks(books) is None


def test_an_answer_that_comes_later_is_waited_for():
    books = _quiet()
    books.credit.asked_s = books.clock.s - 40
    assert not _told(books, says=ids.SAYS_WAIT)
    assert books.credit.answer_s == 340 and books.credit.asked_s is not None
    books = _quiet()
    assert not _told(books, says=ids.SAYS_WAIT)
    assert books.credit.answer_s == 0


def test_a_strange_text_soon_after_a_query_is_its_unreadable_answer():
    for ago_s, says, unread in (
        (0, 0, MASKED),
        (899, 0, MASKED),
        (900, 0, ""),
        (0, ids.SAYS_NO_NUMBER, MASKED),
        (0, ids.SAYS_LOW, ""),
        (5000, ids.SAYS_NO_NUMBER, ""),
    ):
        books = _quiet()
        books.credit.ask_s = books.clock.s - ago_s
        assert not _told(books, says=says)
        assert books.credit.unread == unread, (ago_s, says)


def _plan(values):
    books = _quiet()
    return news.plan(books.credit, values), books.credit


def test_plan_data_are_taken_whole_or_not_at_all():
    for values, wrong in (
        ({ids.PLAN_CURRENCY + 1: 1}, "key"),
        ({-1: 1}, "key"),
        ({"a": 1}, "key"),
        ({ids.PLAN_RESELLER: 5}, "text %d" % ids.PLAN_RESELLER),
        ({ids.PLAN_RESELLER: "x" * 41}, "text %d" % ids.PLAN_RESELLER),
        ({ids.PLAN_QUOTA_KB: True}, "type %d" % ids.PLAN_QUOTA_KB),
        ({ids.PLAN_QUOTA_KB: "5"}, "type %d" % ids.PLAN_QUOTA_KB),
        ({ids.PLAN_QUOTA_KB: -2}, "range %d" % ids.PLAN_QUOTA_KB),
        ({ids.PLAN_RESET_DOM: 29}, "range %d" % ids.PLAN_RESET_DOM),
        ({ids.PLAN_FEE_DOM: 29}, "range %d" % ids.PLAN_FEE_DOM),
    ):
        more = {ids.PLAN_USED_KB: 5}
        more.update(values)
        found, credit = _plan(more)
        assert found == wrong, (values, found)
        assert ids.PLAN_USED_KB not in credit.plan
    found, credit = _plan({ids.PLAN_RESET_DOM: 28, ids.PLAN_RESELLER: "x" * 40})
    assert found is None and credit.plan[ids.PLAN_RESET_DOM] == 28
    assert credit.plan[ids.PLAN_RESELLER] == "x" * 40


def test_plan_data_are_removed_by_nothing():
    for key, value in ((ids.PLAN_RESELLER, ""), (ids.PLAN_QUOTA_KB, -1)):
        books = _quiet()
        books.credit.plan[key] = "was"
        assert news.plan(books.credit, {key: value}) is None
        assert key not in books.credit.plan


def test_a_platform_that_says_active_is_a_hint_and_another_word_is_none():
    for state, hint in ((ids.PLATFORM_ACTIVE, True), (ids.PLATFORM_INACTIVE, False)):
        books = _quiet()
        books.credit.said = ids.SAYS_SUSPENDED
        news.plan(books.credit, {ids.PLAN_STATE: state})
        assert books.credit.hint == hint and bool(books.credit.said) != hint


def test_a_balance_of_the_platform_is_one_of_now():
    books = _quiet()
    values = {ids.PLAN_BALANCE_MINOR: -1, ids.PLAN_CURRENCY: "USD"}
    assert news.plan(books.credit, values) is None
    credit = books.credit
    assert (credit.balance_minor, credit.currency) == (-1, "USD")
    assert ids.PLAN_BALANCE_MINOR not in credit.plan
    assert (credit.balance_up_s, credit.balance_unix_s) == (books.clock.s, books.clock.unix_s)


def test_before_the_clock_is_set_nothing_is_dated_and_nothing_is_too_old():
    books = _quiet(date=None)
    books.credit.balance_unix_s = 1750000000  # of the life before
    assert _told(books, 30, balance_minor=700, says=ids.SAYS_SUSPENDED)
    assert books.credit.balance_minor == 700
    assert books.credit.balance_unix_s == books.credit.said_unix_s == 0
    books.credit.balance_unix_s = 1750000000
    assert _told(books, 0, balance_minor=800) and books.credit.balance_minor == 800


def test_what_is_told_of_a_balance_and_a_payment_is_no_alarm():
    books = _quiet()
    told = []
    books.credit.on_event = lambda event, severity, args=None: told.append((event, severity))
    _told(books, balance_minor=700)
    _told(books, says=ids.SAYS_TOPPED_UP)
    _told(books, says=ids.SAYS_RESTORED)
    seen = (ids.E_BALANCE, ids.E_TOPUP_SEEN, ids.E_RESTORED_SEEN)
    assert told == [(event, ids.SEV_INFO) for event in seen]


def test_the_first_key_of_a_plan_is_one():
    books = _quiet()
    assert news.plan(books.credit, {0: 5}) is None and books.credit.plan[0] == 5
    assert news.plan(books.credit, {-1: 5}) == "key"
    assert news.plan(books.credit, {ids.PLAN_CURRENCY + 1: 5}) == "key"


def test_a_state_is_an_answer_where_somebody_asked_and_else_is_not():
    for asked_s, answered in ((5, True), (0, True), (None, False)):
        books = _quiet()
        books.credit.asked_s = asked_s
        _told(books, says=ids.SAYS_SUSPENDED)
        assert books.credit.answered is answered
