"""What a careful human reads in each text of an operator, the agent reads too."""

from dropping import keep_modules
from dual import vectors
from posagent.core import modules
from posagent.core.credit import hearing, operators
from posagent.core.credit.calendar import day_of
from posagent.core.credit.text import letters
from posproto import ids

keep_modules(True)

_NUMBERS = (
    "balance_minor",
    "currency",
    "debt_minor",
    "left_kb",
    "used_kb",
    "total_kb",
    "used_percent",
    "fee_dom",
)
_SAYS = {
    "LOW": ids.SAYS_LOW,
    "SUSPENDED": ids.SAYS_SUSPENDED,
    "ONE_WAY": ids.SAYS_ONE_WAY,
    "DATA_STOPPED": ids.SAYS_DATA_STOPPED,
    "DATA_USED_UP": ids.SAYS_DATA_USED_UP,
    "EXPIRED": ids.SAYS_EXPIRED,
    "RESTRICTED": ids.SAYS_RESTRICTED,
    "RESTORED": ids.SAYS_RESTORED,
    "TOPPED_UP": ids.SAYS_TOPPED_UP,
    "RESTART": ids.SAYS_RESTART,
    "WAIT": ids.SAYS_WAIT,
    "NO_NUMBER": ids.SAYS_NO_NUMBER,
    "MAINTENANCE": ids.SAYS_MAINTENANCE,
    "WARNING": ids.SAYS_WARNING,
    "BOUND": ids.SAYS_BOUND,
}


def faults(case, reading):
    """[(what, read, expected)] where the reading differs from the human's."""
    expect = dict(case["expect"])
    found = []
    for name in _NUMBERS:
        read = getattr(reading, name)
        if read != expect.get(name):
            found.append((name, read, expect.get(name)))
    says = 0
    for name in expect.get("says", ()):
        says |= _SAYS[name]
    if reading.says != says:
        found.append(("says", [n for n in _SAYS if reading.says & _SAYS[n]], expect.get("says")))
    day = day_of(*expect["valid"]) if "valid" in expect else None
    if reading.valid_day != day:
        found.append(("valid_day", reading.valid_day, day))
    return found


def test_every_text_gives_what_a_careful_human_reads():
    wrong = []
    for case in vectors("credit/texts.json"):
        reader = _reader(case["plmn"])
        today = day_of(*case["today"]) if "today" in case else 0
        for fault in faults(case, reader.read(case["text"], today)):
            wrong.append((case["id"],) + fault)
    assert not wrong, wrong


def _reader(plmn):
    return operators.load("", plmn + "1234567890", "")


def _words(name):
    return __import__("posagent.operators." + name, None, None, (name,))


def test_no_look_alike_becomes_a_balance_or_a_state():
    cases = vectors("credit/lookalikes.json")
    assert len(cases) >= 50
    states = ids.SAYS_SUSPENDED | ids.SAYS_ONE_WAY | ids.SAYS_DATA_STOPPED | ids.SAYS_RESTRICTED
    wrong = []
    for case in cases:
        r = _reader(case["plmn"]).read(case["text"], 20000)
        if r.balance_minor is not None or r.debt_minor is not None or r.says & states:
            wrong.append((case["text"], r.balance_minor, r.debt_minor, r.says))
    assert not wrong, wrong


def test_a_cut_answer_gives_the_whole_number_or_none():
    # Wherever a part is missing at the end, a shorter number must not come out.
    for plmn, text in (
        ("46000", "尊敬的客户，您的话费余额为1042.08元，可用余额1040.00元。"),
        ("46001", "您当前账户余额30.00元,其中可用余额20.50元。"),
        ("26202", "Ihr aktuelles Guthaben beträgt 1.007,45 EUR."),
        ("60801", "Votre solde est de 12 350 FCFA, valable jusqu'au 31/12/2025."),
        ("51010", "Sisa pulsa Rp 112.500, aktif s.d. 21/08/2025."),
    ):
        reader = _reader(plmn)
        allowed = [None, reader.read(text).balance_minor]
        if plmn == "46000":
            allowed.append(104208)
        elif plmn == "46001":
            allowed.append(3000)
        for end in range(len(text)):
            # a bare number at the very end may be cut: only what stands before a unit is sure
            minor = reader.read(text[:end]).balance_minor
            assert minor in allowed, (text[:end], minor)


def test_the_same_amount_reads_alike_in_every_form():
    for text, minor in (
        ("您的话费余额为：４２．０８元。", 4208),
        ("您的话费余额 42.08 元", 4208),
        ("您的话费余额是人民币42.08元", 4208),
        ("您的话费余额:￥42.08", 4208),
        ("您的话费余额为4208分。", 4208),
        ("您的话费余额为42元。", 4200),
        ("您的话费余额为42.1元。", 4210),
        ("您的话费余额为1,042.08元。", 104208),
        ("您的话费余额为0.00元。", 0),
        ("您的话费余额为－3.50元。", -350),
        ("您的话费余额为-3.50元。", -350),
        ("【中国移动】余额：25.60元。", 2560),
    ):
        assert _reader("46000").read(text).balance_minor == minor, text


def test_volumes_read_alike_in_every_unit():
    for text, kb in (
        ("剩余流量10兆。", 10240),
        ("剩余流量10M。", 10240),
        ("剩余流量为10 MB，", 10240),
        ("剩余流量1.5G。", 1572864),
        ("剩余流量512KB。", 512),
        ("剩余流量1,024MB。", 1048576),
        ("剩余流量0.125GB。", 131072),
        ("剩余流量10分钟。", None),
        ("剩余流量10元。", None),
        ("流量剩余10min。", None),
    ):
        assert _reader("46000").read(text).left_kb == kb, text


def test_dates_read_alike_in_three_forms():
    day = day_of(2025, 6, 30)
    today = day_of(2025, 6, 3)
    for text in (
        "有效期至2025年06月30日。",
        "有效期至2025年6月30日",
        "有效期：2025-06-30",
        "有效期至2025/06/30，",
        "套餐将于6月30日到期。",
        "您的套餐将于2025年06月30日到期",
    ):
        assert _reader("46000").read(text, today).valid_day == day, text
    assert _reader("46000").read("套餐将于6月1日到期。", today).valid_day == day_of(2026, 6, 1)
    assert _reader("46000").read("套餐将于6月1日到期。").valid_day is None  # of which year?
    assert _reader("46000").read("有效期至2025年02月30日。").valid_day is None
    assert _reader("63902").read("expires on 30/06/2025").valid_day == day
    assert _reader("63902").read("expires on 04/03/16").valid_day is None  # March or April?


def test_debt_reads_with_its_word():
    assert _reader("46000").read("您的号码已欠费３．５０元").debt_minor == 350
    assert _reader("46000").read("您的号码欠费金额为12元").debt_minor == 1200
    assert _reader("46000").read("如欠费12元以上将停机").debt_minor is None


def test_only_the_operators_own_numbers_are_believed():
    profile = operators.load("", "460001234567890", "")
    for sender in ("10086", "+8610086", "1008611", "10086021"):
        assert profile.is_sender(sender), sender
    for sender in ("10010", "1008", "100861234", "106510086", "+4410086", "10086a", "13800138000"):
        assert not profile.is_sender(sender), sender
    profile = operators.load("", "639021234567890", "")
    assert profile.is_sender("Safaricom") and profile.is_sender("SAFARICOM")
    assert not profile.is_sender("Safaricom-Win") and not profile.is_sender("0722000000")


def test_the_owner_is_found_by_imsi_or_card_and_not_by_the_visited_network():
    for imsi, iccid, way, sender in (
        ("460001234567890", "89860025128306012474", "10086:CXYE/YE", "10086"),
        ("460151234567890", "89861500000000000001", "10099:YE/CXYE", "10099"),
        ("", "89860325128306012474", "10001:102/101", "10001"),
        ("460041234567890", "89860425128306012474", "-", "10086"),  # machines' cards ask nobody
        ("460001234567890", "89860425128306012474", "-", "10086"),
    ):
        profile = operators.load("", imsi, iccid)
        assert profile.way == way, (imsi, iccid)
        assert profile.is_sender(sender)
    assert operators.load("46001", "460001234567890", "").is_sender("10010")
    assert operators.load("", "999991234567890", "").way == "-"
    assert operators.load("", "", "").currency == "" and not operators.load("", "", "").is_sender(
        "10086"
    )


def test_more_than_forty_operators_of_more_than_forty_countries_can_be_asked():
    asked = 0
    countries = set()
    for region in "2345679":
        module = _words("region" + region)
        for line in module.COUNTRIES.split("\n"):
            code, languages, currency, written, units = line.split(" ", 4)
            assert len(code) == len(currency) == 3 and code[0] == region, line
            assert written[0] in ".,x" and written[1:] in ("", "ymd", "dmy", "mdy"), line
            for name in languages.split(","):
                assert _words(name).WORDS, line
            assert units, line
        for row in module.ROWS.split("\n") if module.ROWS else ():
            prefixes, senders, way = row.split(" ")
            assert prefixes[0] == region and senders, row
            profile = operators.load(prefixes.split(",")[0], "", "")
            assert profile.row == row and len(profile.currency) == 3, row
            asked += way != "-"
            countries.add(prefixes[:3])
    assert asked >= 90 and len(countries) >= 60, (asked, len(countries))


def test_every_list_of_every_language_is_of_a_known_kind():
    from posagent.core.credit.text import spans

    names = set()
    for region in "2345679":
        module = _words("region" + region)
        for line in module.COUNTRIES.split("\n"):
            names |= set(line.split(" ")[1].split(","))
    assert len(names) >= 20
    for name in names | {"en"}:
        words = _words(name)
        assert len(words.MONTHS) in (0, 36), name
        for line in words.WORDS.split("\n"):
            kind, _, listed = line.partition(" ")
            assert kind in spans.KINDS, (name, kind)
            for word in listed.split("|"):
                assert word.strip("~ "), (name, kind, line)


def test_a_stranger_who_speaks_of_paying_is_possible_fraud():
    zh, en = _reader("46000"), _reader("63902")
    for text in (
        "您的POS机即将停用，请点击 http://x.example 更新",
        "流量卡费已到期，请扫码缴费36元，否则终端将停机",
        "您的刷卡机欠费，加微信充值",
    ):
        assert modules.finish(hearing.fraud(zh, text)), text
    assert modules.finish(
        hearing.fraud(en, "Your terminal will be DEACTIVATED today. Top up here: http://x.example")
    )
    assert not modules.finish(hearing.fraud(zh, "您的快递已到，请凭取件码领取"))
    assert not modules.finish(hearing.fraud(en, "Lunch at noon?"))


def test_the_evidence_kept_of_a_text_hides_its_digits():
    from posagent.core.credit.text.letters import mask

    kept = mask("您的号码13800138000余额１２.５０元" + "长" * 100)
    assert not any(c.isdigit() for c in kept) and len(kept) == 60


def test_what_is_kept_of_a_text_moves_no_cursor():
    """ESC ]52 from the operator's number set a technician's clipboard."""
    text = "\x1b]52;c;ZXZpbA==\x07bal\x9b31m \u202e5\u2066\u200b\ufeff 余额\x7f\n"
    kept = letters.mask(text)
    assert kept == ".]##;c;zxzpba==.bal.##m .#. 余额.."
