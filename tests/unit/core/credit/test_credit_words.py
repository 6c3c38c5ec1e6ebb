"""What texts of operators did to terminals in the field, each with the text that did it."""

import collected
import cup_frames as cup
from credit_rig import DENIED, NO_CONTEXT, REFUSED, Books, Trouble
from posagent.core import schedule
from posagent.core.credit import operators, reasons
from posagent.core.credit.calendar import day_of
from posagent.core.credit.text import letters
from posproto import currency, ids
from settle_world import World

ESM, EMM = ids.CAUSE_ESM << 8, ids.CAUSE_EMM << 8
MACHINE = "460041234567890"
TODAY = day_of(2026, 8, 20)


def read(plmn, text, currency=""):
    return operators.load("", plmn + "1234567890", "", currency).read(text, TODAY)


def amount(plmn, text, currency=""):
    reading = read(plmn, text, currency)
    return reading.balance_minor, reading.currency


def test_a_number_that_is_gone_on_with_is_no_amount():
    for text in ("Pulsa Rp10rb", "Pulsa Rp 100 rb", "Pulsa Rp 2 jt"):
        assert amount("51010", text) == (None, None), text
    assert amount("51010", "Pulsa Rp10000. Terima kasih") == (1000000, "IDR")


def test_a_payment_s_number_is_no_stranger_s():
    text = "TOPUP Rp25000 berhasil kode trx 0112319012. Pulsa anda saat ini Rp 31205. Terima kasih"
    assert read("51001", text).says & ids.SAYS_TOPPED_UP
    text = "TOPUP Rp25000 berhasil ke 081231901234. Pulsa anda saat ini Rp 31205. Terima kasih"
    assert not read("51001", text).says & ids.SAYS_TOPPED_UP


def test_a_balance_in_megabytes_is_data_that_is_left():
    assert read("62203", "Votre solde est de 87.5 MB.").left_kb == 89600
    assert read("62203", "Votre solde achete 87.5 MB.").left_kb is None


def test_the_end_of_a_pack_is_no_end_of_the_line():
    assert not read("51010", "Flash 10 MB telah berakhir.").says & ids.SAYS_EXPIRED
    assert read("51010", "Kartu anda telah berakhir.").says & ids.SAYS_EXPIRED


def test_money_is_written_as_the_country_writes_it():
    for plmn, text, minor, code in (
        ("25001", "Balance:633,100r", 63310, "RUB"),
        ("61001", "Votre solde est de 1000 FCFA valable jusqu au 10.10.2009.", 1000, "XOF"),
        ("40410", "Your Balance is: Rs.50.42 with Validity:Jun 19 2017", 5042, "INR"),
        ("25099", " Vash balans 968.98 r.", 96898, "RUB"),
        ("25503", "Na Vashomu rahunku 8.05 grn", 805, "UAH"),
        ("51010", "Sisa Pulsa Anda Rp.568484", 56848400, "IDR"),
        ("63902", "Balance KES 87.30.", 8730, "KES"),
        ("22802", "Ihr Guthaben betragt CHF 24.50", 2450, "CHF"),
        ("41902", "Your balance is KD 1.250", 1250, "KWD"),
        ("45204", "TK goc: 25.000d", 25000, "VND"),
        ("46000", "您的话费余额还剩19.74元", 1974, "CNY"),
        ("46000", "您的可用话费为23.90元", 2390, "CNY"),
    ):
        assert amount(plmn, text) == (minor, code), (text, amount(plmn, text))
    assert read("40410", "Your Balance is: Rs.50.42 with Validity:Jun 19 2017").valid_day == (
        day_of(2017, 6, 19)
    )
    assert amount("61001", "Votre solde est de 1000 FCFA", "XOF") == (1000, "XOF")


def test_both_sides_count_the_decimals_of_a_currency_alike():
    known = "CNY 2,EUR 2,HUF 2,IDR 2,XOF 0,JPY 0,UGX 0,ISK 0,KWD 3,IQD 3,CLF 4,XO 2,C 2, 2"
    for entry in known.split(","):
        code, _, decimals = entry.partition(" ")
        decimals = int(decimals)
        assert currency.exponent(code) == decimals, code


def test_the_rest_after_a_call_is_the_balance_and_never_its_cost():
    for text, minor in (
        ("Last Call Cost: Rs.1.20, Duration: 00:01:05. Bal: Rs.48.10", 4810),
        ("Call Charge:Rs0.60 Main Bal:Rs17.55", 1755),
        ("Last call cost Rs.1.20. Duration 65 sec.", None),
    ):
        assert amount("40410", text)[0] == minor, text


def test_parts_of_a_balance_are_summed_and_what_cannot_be_spent_is_not():
    parts = "Dein Guthaben betraegt: 10,00 EUR Startguthaben, 30,00 EUR Kaufguthaben und 0,01 EUR"
    assert amount("26203", parts + " Geschenkguthaben.") == (4001, "EUR")
    assert amount("63903", "Main Bal: Ksh 7.00. Bonus: Ksh 5.00.") == (700, "KES")
    assert amount("46001", "您的当前余额22.00元，信用额度100.00元。") == (2200, "CNY")


def test_a_volume_in_two_units_is_one_volume():
    assert read("46000", "流量剩余1GB512MB。").left_kb == 1572864
    assert read("46000", "套餐内流量剩余2G386.52M，其中").left_kb == 2 * 1048576 + 395796
    assert read("46000", "流量剩余512MB1GB。").left_kb == 524288  # not a compound


def test_dates_are_read_in_the_forms_that_operators_use():
    for plmn, text, date in (
        ("40420", "Bal:Rs.28.75,Val:15-Oct-2026", (2026, 10, 15)),
        ("405857", "valid till 30-Sep-26", (2026, 9, 30)),
        ("46000", "您的号码服务期截至20261130。", (2026, 11, 30)),
        ("63902", "Expiry date 03-11-2026", (2026, 11, 3)),
        ("302720", "expires on Aug 28 2026.", (2026, 8, 28)),
        ("302370", "expiring at 00:01am 15022027 (DDMMYYYY)", (2027, 2, 15)),
        ("310260", "plan active until 08/10/2026", (2026, 8, 10)),
        ("51010", "Pulsa Rp 1234 sd 01-01-2027", (2027, 1, 1)),
        ("23002", "Platnost kreditu: 30. 1. 2027 18:18", (2027, 1, 30)),
        ("21630", "Lejarat: 2027.01.17.", (2027, 1, 17)),
        ("334020", "vigencia 12 de octubre de 2026", (2026, 10, 12)),
        ("20801", "Credit 6.50E a utiliser avant le 02/11/26 Votre tarif", (2026, 11, 2)),
        ("20801", "Credit 6.50E a utiliser avant le 12/10/26", (2026, 10, 12)),
        ("20801", "Credit 6.50E a utiliser avant le 12/10/20", None),  # ...26 was cut off
        ("20801", "Credit 6.50E a utiliser avant le 26/11/27", (2027, 11, 26)),
        ("20801", "Credit 6.50E a utiliser avant le 03/11/30 Bonus", (2030, 11, 3)),
        ("51010", "Pulsa Rp 1500 sd 11/12/2026", (2026, 12, 11)),
        ("51010", "Bonus isi ulang sd 11/12/2026", None),  # an offer's
        ("63902", "expires on 04/03/16", None),
        ("302720", "expires on 04/03/2026", None),
        ("46000", "有效期至2026年02月30日", None),
    ):
        day = day_of(*date) if date else None
        assert read(plmn, text).valid_day == day, (text, read(plmn, text).valid_day)


def test_the_state_of_another_line_or_product_is_not_this_cards():
    for text in (
        "您的副卡138****0002因欠费已停机，主卡使用不受影响。",
        "宽带已到期停机",
        "加油包已失效",
        "固话欠费停机",
        '您订购的"某视频月卡优惠"，将于2026-08-31到期。',
        "您的短信套餐已失效。",
        "您的代金券将于2026年09月30日到期。",
    ):
        assert not collected.taken(read("46001", text)), text
    assert read("46001", "您的宽带欠费，您的号码已停机。").says & ids.SAYS_SUSPENDED
    assert read("46001", "您的号码已停机。").says & ids.SAYS_SUSPENDED


def plight(books, situation, cause):
    trouble = Trouble(books, situation, cause)
    books.credit.changes += 1
    return books.credit.explain(trouble)


def judged(books):
    """What hangs on the account: verdicts of three faults, the warning, and what is kept."""
    c = books.credit
    kept = (c.said, c.valid_day, c.fee_dom, c.balance_minor, c.left_kb, c.state, c.warn, c.hint)
    faults = ((REFUSED, ESM | 33), (DENIED, EMM | 8), (NO_CONTEXT, 0))
    return kept + tuple([plight(books, situation, cause) for situation, cause in faults])


def test_no_look_alike_moves_a_verdict_whatever_the_line_is_like():
    books = {}
    for case in collected.lookalikes() + collected.lookalikes("fresh"):
        plmn = case["plmn"]
        if plmn not in books:
            books[plmn] = []
            for news in (None, "well", "cut"):
                line = Books(date=collected.TODAY, imsi=plmn + "1234567890")
                if news:
                    line.credit.balance_minor = 5000 if news == "well" else -100
                    line.credit.said = ids.SAYS_SUSPENDED if news == "cut" else 0
                    line.credit.foresee()
                judged(line)  # what the network confirms is confirmed once
                books[plmn].append((line, judged(line)))
        for line, before in books[plmn]:
            line.text(case["text"], None)
            assert judged(line) == before, (case["text"], before, judged(line))


def test_a_card_in_another_device_is_bound_and_not_unpaid():
    books = Books(imsi=MACHINE)
    assert books.text("您的物联网卡因机卡分离已停机，请将卡插回原设备。")
    assert books.credit.warning() == ids.V_SIM_BOUND
    for situation, cause in ((DENIED, EMM | 5), (REFUSED, ESM | 27), (REFUSED, ESM | 33)):
        verdict, percent = plight(books, situation, cause)
        assert verdict == ids.V_SIM_BOUND and percent >= 70, (cause, verdict, percent)
        assert ids.EVIDENCE_TEXT_BOUND in books.credit.evidence
    books.text("您的物联网卡已复机。")
    assert books.credit.warning() != ids.V_SIM_BOUND
    books.text("请勿将物联卡插入其他设备，否则将触发机卡分离锁定。")
    assert books.credit.warning() != ids.V_SIM_BOUND


def test_a_line_that_works_again_is_no_top_up():
    books = Books()
    books.text("您的号码已恢复使用(复机成功)。")
    assert books.count(ids.E_RESTORED_SEEN) == 1 and not books.count(ids.E_TOPUP_SEEN)
    assert books.credit.hint
    books.text("您已成功充值50元。")
    assert books.count(ids.E_TOPUP_SEEN) == 1


class Agent:
    """As much of the agent as the duty of asking looks at."""

    ready = context_up = True

    def __init__(self, world, credit):
        self.settlement = world.settlement
        self.credit = credit
        self.network = self

    def sms_possible(self):
        return True


def test_a_suspicion_is_asked_about_between_two_attempts_and_never_in_one():
    world = World()
    world.host.script = [{"silent": True}] * 9
    world.give(cup.reversal(2))
    books = Books()
    books.credit.ask_soon(reasons.SUSPICION, 0)
    agent = Agent(world, books.credit)
    asked = []
    for _ in range(700):
        world.run(1)
        on_its_way = world.settlement.waiting is not None or world.settlement.wire is not None
        wait = schedule._asks(agent)
        if world.settlement.pending:
            assert not (on_its_way and wait >= 0)
            asked.append(wait >= 0)
    assert True in asked and False in asked, "both were seen: an attempt, and the time between"
    books.credit.drops = 1  # asking ended the session once: not while something waits
    world.give(cup.reversal(3))
    world.settlement.poll()
    assert schedule._asks(agent) < 0


def test_a_sale_without_its_answer_keeps_every_query_back():
    world = World()
    world.host.script = [{"silent": True}]
    world.give(cup.sale(2))
    books = Books()
    books.credit.ask_soon(reasons.SUSPICION, 0)
    agent = Agent(world, books.credit)
    world.run_until_sent()
    assert world.settlement.pending and schedule._asks(agent) < 0


def test_the_longest_text_is_read_and_what_is_longer_is_cut():
    tail = "感谢您使用中国移动我们竭诚为您服务" * 100
    assert len(letters.normal(tail)) == letters.TEXT_MAX
    assert amount("46000", "您的话费余额为42.08元。" + tail)[0] == 4208
    assert amount("46000", tail + "您的话费余额为42.08元。")[0] is None
    crowded = (
        "您的话费余额为42.08元，优惠。" * 100
    )  # more words than are looked at: nothing is sure
    assert read("46000", crowded).empty()
    for filler in ("为", "1 ", "余额", "停机", "12/", "-", "(", "1.", "9,"):
        read("46000", filler * 1600)
        read("63902", filler * 1600)


def told(plmn, text):
    return collected.values(collected.read({"plmn": plmn, "text": text}))


def test_where_a_text_advertises_its_page_it_is_still_about_this_card():
    text = "您的话费余额为：59.84元。请关注“中国移动10086”微信公众号。"
    assert told("46000", text)["balance"] == [5984, "CNY"]
    assert "balance" not in told("46000", "您的微信余额为：59.84元。")


def test_a_part_of_what_was_told_changes_nothing_and_of_two_parts_none_is_the_whole():
    assert told("46000", "国内流量剩余66.50G，其中结转流量剩余21G。")["left_kb"] == 69730304
    assert "left_kb" not in told("46000", "其中国内流量剩余500M，省内流量剩余7G。")


def test_what_was_given_away_is_not_had():
    assert told("63601", "You have 1GB.")["left_kb"] == 1048576
    assert "left_kb" not in told("63601", "You have gifted 1GB data to 0911000000.")


def test_the_last_days_of_many_packages_are_none_of_the_card():
    days = ["Expiry date 2026-09-%d." % day for day in (12, 13, 14)]
    assert "valid" in told("63601", days[0])
    assert "valid" not in told("63601", " ".join(days))


def test_money_that_was_sent_leaves_another_balance():
    text = "You have transferred ETB 220.00 to W. Your new balance is ETB 1,234.56."
    assert told("63601", text) == {}
    assert told("63601", "Your new balance is ETB 1,234.56.")["balance"] == [123456, "ETB"]


def test_a_year_of_thailands_calendar_is_one_of_ours():
    assert told("52004", "คุณมี 45.20 บ. ถึง 21/12/2569") == told(
        "52004", "คุณมี 45.20 บ. ถึง 21/12/2026"
    )
