"""An operator that answers a query with a menu: followed to the balance, and to nothing else."""

from credit_rig import Books, sent, sms, until_due
from posagent.core.credit.menu import items
from posproto import ids
from posproto.at import sms_write

TOP = "尊敬的客户，请选择：1 话费, 2 流量, 3 套餐"
BELOW = "101 查询余额\n102 账单\n103 积分余额"
PHRASE = "1.话费查询 2.流量查询 3.套餐查询"


def asked(settings=None, imsi="460001234567890", number="10086", word="CXYE"):
    books = Books(settings, hour=1, imsi=imsi)
    until_due(books)
    books.ask(sms(number, word))
    assert books.credit.asked_s is not None
    return books


def answers(books, text, sender="10086"):
    """The menu comes; what is sent then, "" for nothing. (Numbers of these tests only.)"""
    books.text(text, sender)
    before = len(books.rig.sent)
    if books.credit.asked_s is None and books.credit.due(False) == 0:
        every = {}
        for number in ("1", "2", "3", "101", "102"):
            every.update(sms("10086", number))
        books.ask(every)
    for number in ("1", "2", "3", "101", "102"):
        pdu = sms_write.pdu("10086", number)[0]
        for data in books.rig.sent[before:]:
            if pdu in data:
                return number
    return ""


def test_a_menu_below_a_menu_is_gone_on_with_to_the_balance():
    books = asked()
    assert answers(books, TOP) == "1"
    books.pass_s(20, 20)
    assert answers(books, BELOW) == "101"
    books.balance(4208)
    assert books.credit.balance_minor == 4208 and books.credit.asked_s is None
    assert not books.credit.fails and books.count(ids.E_BALANCE_ASKED) == 1
    assert books.credit.due(False) > 600


def test_the_items_of_a_menu_are_read_however_they_are_written():
    for text in (
        PHRASE,
        "回复1查询余额，回复2查询流量",
        "1、话费\n2、流量",
        "１：余额查询；２：流量查询",
        "1-我的余额;2-我的套餐",
        "Reply 1 for Balance, 2 for Data",
        "1) Check balance\n2) Buy bundles",
    ):
        books = Books(hour=1)
        if text[0] == "R" or text[1] == ")":
            books.credit.country = "en - ."
        until_due(books)
        books.ask(sms("10086", "CXYE"))
        assert answers(books, text) == "1", text


def test_no_menu_that_sells_and_no_item_that_is_not_the_balance_is_chosen():
    for text in (
        "请选择充值类型：1 话费, 2 流量",
        "1 话费, 2 流量，回复数字即可办理",
        "1 余额 5元/次, 2 流量",
        "1 余额查询(1元/次)，2 流量查询",
        "1 流量余额，2 积分余额",
        "1 余额提醒，2 流量提醒",
        "1 不可用余额，2 赠送余额",
        "1 话费充值，2 话费账单",
        "1 余额，2 查询余额",  # which?
        "1 余额，1 流量",
        "1 余额",
        "1 查询，2 我的",
        "1. , 2. ",
        "您本月消费12.50元，2 余额",
        "拨打10086 余额，1000 流量",
        "",
        "1" * 1600,
        "1 余额," * 400,
    ):
        books = asked()
        assert answers(books, text) == "", text
        assert books.credit.asked_s is not None and not books.credit.replies, text


def test_a_menu_that_answers_with_itself_ends_the_query():
    books = asked()
    assert answers(books, TOP) == "1"
    for _ in range(5):
        assert answers(books, TOP) == ""
    assert answers(books, BELOW) == "101"
    assert answers(books, "2 余额，3 流量") == ""  # two answers a query, no more
    books.pass_s(400)
    books.ask({})
    assert books.credit.asked_s is None and books.credit.fails == 1
    assert books.count(ids.E_BALANCE_UNREADABLE) == 1


def test_only_the_number_that_was_asked_is_answered_and_only_while_it_is():
    books = asked()
    assert answers(books, TOP, "10010") == ""
    assert answers(books, TOP, "13800138000") == ""
    books.credit.on_text("10086", TOP, True, 86400)  # waited in the store
    books.poll()
    books.credit.on_text("10086", TOP, False)  # parts are missing
    books.poll()
    assert not books.credit.reply and books.credit.asked_s is not None
    books.balance(100)
    assert answers(books, TOP) == "" and not books.credit.reply


def test_a_query_that_costs_money_is_not_gone_on_with():
    books = asked(imsi="460011234567890", number="10010")
    books.text(TOP, "10010")
    assert not books.credit.reply and books.credit.asked_s is not None


def test_no_menu_is_answered_while_a_settlement_is_in_flight_nor_long_after():
    books = asked()
    books.text(TOP)
    assert books.credit.due(True) == -1 and books.credit.due(False) == 0
    books.pass_s(700, 60)
    books.ask(sms("10086", "1"))
    assert not sent(books, sms_write.pdu("10086", "1")[0])
    assert books.credit.asked_s is None and books.credit.fails == 1
    assert books.credit.due(False) > 0


def test_who_asks_while_an_old_menu_waits_gets_a_query():
    books = asked()
    books.text(TOP)
    assert books.credit.ask_now()[0] == ids.R_BUSY
    books.pass_s(700, 60)
    assert books.credit.due(False) == 0
    books.ask(sms("10086", "CXYE"))
    assert books.count(ids.E_BALANCE_ASKED) == 2 and not books.credit.fails


def test_a_number_that_comes_after_the_menu_makes_an_answer_needless():
    books = asked()
    books.text(TOP)
    books.balance(300)
    assert not books.credit.reply and books.credit.due(False) > 600


def test_a_path_of_the_config_is_followed_where_the_menu_has_it():
    path = {"balance_text": "CXYE>2,102"}
    books = asked(path)
    assert answers(books, TOP) == "2"
    assert answers(books, BELOW) == "102"
    assert answers(books, BELOW) == ""
    books = asked(path)
    assert answers(books, "1 余额，3 流量") == ""


def test_items_of_a_text_of_amounts_are_none():
    assert items("balance 12.50, used 3.20") == []
    assert items("1 a,2 b") == [("1", "a"), ("2", "b")]
