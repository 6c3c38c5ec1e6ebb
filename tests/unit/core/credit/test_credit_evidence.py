"""When the line is down: is it the bill? For it, against it, and how sure."""

from credit_rig import (
    DAY_S,
    DENIED,
    HOST_DOWN,
    NO_CONTEXT,
    REFUSED,
    UNREGISTERED,
    Books,
    Trouble,
)
from posagent.core.credit.calendar import day_of
from posproto import ids

ESM, EMM = ids.CAUSE_ESM << 8, ids.CAUSE_EMM << 8
STOPPED = "【停机提醒】尊敬的客户，您的号码因欠费已于06月01日被停机，请充值后自动恢复。"
MACHINE = "460041234567890"


def explained(books, situation, cause=0, age_s=60, **more):
    """(verdict, percent, evidence) of the agent's first look at this trouble."""
    agent = Trouble(books, situation, cause, age_s)
    for name in more:
        if name == "no_signal":
            agent.network.signal_dbm = None
        elif name == "path":
            agent.path._kind = more[name]
            agent.path.fails = 9
        else:
            setattr(agent, name, more[name])
    books.credit.changes += 1
    found = books.credit.explain(agent)
    return (found or (None, 0)) + (books.credit.evidence,)


def test_a_cause_that_speaks_of_the_account_is_a_suspicion_and_a_text_makes_it_sure():
    books = Books()
    for situation, cause in ((REFUSED, ESM | 8), (REFUSED, ESM | 33), (DENIED, EMM | 8)):
        verdict, percent, evidence = explained(books, situation, cause)
        assert verdict == ids.V_CREDIT_SUSPECTED and 50 <= percent < 90
        assert evidence == [ids.EVIDENCE_CAUSE_ACCOUNT]
    books.text(STOPPED)
    verdict, percent, evidence = explained(books, REFUSED, ESM | 33)
    assert verdict == ids.V_CREDIT_OVERDUE and percent >= 90
    assert ids.EVIDENCE_TEXT_SUSPENDED in evidence
    assert books.credit.state == ids.CREDIT_SUSPENDED


def test_a_session_that_the_network_ends_once_is_no_quota_and_one_that_it_ends_again_is():
    books = Books()
    books.balance(950)  # low, and enough
    once = explained(books, NO_CONTEXT, ESM | 36)
    assert once[:2] == (None, 0) and ids.EVIDENCE_CAUSE_TEMPORARY in once[2]
    again = explained(books, NO_CONTEXT, ESM | 36, 1200, context_failures=6)
    assert again[0] == ids.V_CREDIT_SUSPECTED and ids.EVIDENCE_CAUSE_ACCOUNT in again[2]


def test_a_text_alone_is_a_suspicion_and_never_a_certain_state():
    one_way = "您好，您的号码当前账户可用余额为-3.50元，已暂停呼出及上网功能（单停）。"
    for text in (STOPPED, one_way):
        books = Books()
        books.text(text)
        assert books.credit.state in (ids.CREDIT_SUSPECTED, ids.CREDIT_EXHAUSTED)
        assert books.credit.warning() in (ids.V_CREDIT_SUSPECTED, ids.V_CREDIT_EXHAUSTED)


def test_an_outage_of_the_cell_is_not_called_arrears():
    books = Books()
    assert explained(books, UNREGISTERED, no_signal=True)[0] is None
    for cause in (EMM | 17, EMM | 22, EMM | 15, EMM | 16, 0):
        for age_s in (10, 700, 100000):
            assert explained(books, UNREGISTERED, cause, age_s)[0] is None
            assert explained(books, DENIED, cause, age_s)[0] is None
    for cause in (ESM | 26, ESM | 31, ESM | 34, ESM | 38, ids.CAUSE_CME << 8 | 30, 0):
        assert explained(books, NO_CONTEXT, cause, 100000, context_failures=99)[0] is None
    for verdict in (ids.V_DNS, ids.V_HOST_UNREACHABLE, ids.V_HOST_SILENT):
        assert explained(books, HOST_DOWN, 0, 100000, path=verdict)[0] is None


def test_an_outage_while_the_balance_is_low_is_still_an_outage():
    books = Books()
    books.days([900, 700])
    assert books.credit.state == ids.CREDIT_LOW
    assert explained(books, UNREGISTERED, no_signal=True)[0] is None
    assert explained(books, UNREGISTERED, EMM | 22, 5000)[0] is None
    assert explained(books, NO_CONTEXT, ESM | 26, 5000, context_failures=9)[0] is None
    assert explained(books, HOST_DOWN, 0, 5000, path=ids.V_HOST_UNREACHABLE)[0] is None
    assert books.credit.warning() == ids.V_CREDIT_LOW


def test_both_at_once_names_the_outage_first_and_keeps_the_suspicion():
    books = Books()
    books.text(STOPPED)
    found = explained(books, UNREGISTERED, no_signal=True)
    assert found[0] is None
    assert ids.EVIDENCE_OUTAGE in found[2] and ids.EVIDENCE_TEXT_SUSPENDED in found[2]
    assert books.credit.warning() == ids.V_CREDIT_SUSPECTED  # shown beside "no signal"
    # The cell is back, and now the network refuses: the bill it is.
    assert explained(books, REFUSED, ESM | 33)[0] == ids.V_CREDIT_OVERDUE


def test_a_good_balance_of_yesterday_lowers_the_confidence():
    books = Books()
    before = explained(books, REFUSED, ESM | 33)[1]
    books.days([5000, 4990])
    verdict, after, evidence = explained(books, REFUSED, ESM | 33)
    assert after < before and ids.EVIDENCE_BALANCE_GOOD in evidence
    assert verdict in (ids.V_CREDIT_SUSPECTED, None)


def test_traffic_after_a_text_contradicts_it_and_an_hour_later_the_text_is_void():
    books = Books()
    books.text(STOPPED)
    assert explained(books, NO_CONTEXT)[0] == ids.V_CREDIT_OVERDUE
    books.credit.cut_s = None
    books.pass_s(60, 60)
    books.credit.proven(ids.LAYER_TCP)
    verdict, _, evidence = explained(books, NO_CONTEXT)
    assert ids.EVIDENCE_WORKED_SINCE in evidence and verdict is None
    books.credit.cut_s = None
    books.pass_s(2 * 3600)
    books.credit.proven(ids.LAYER_TCP)
    assert books.credit.said == 0
    assert books.credit.warning() == 0


def test_an_empty_balance_explains_a_silent_line():
    books = Books()
    books.days([400, 100])
    books.balance(-50)
    for situation, cause in ((NO_CONTEXT, 0), (HOST_DOWN, 0), (REFUSED, ESM | 29)):
        verdict, percent, evidence = explained(books, situation, cause, 1000)
        assert verdict == ids.V_CREDIT_EXHAUSTED and percent >= 45, situation
        assert ids.EVIDENCE_BALANCE_EMPTY in evidence
    assert explained(books, UNREGISTERED, no_signal=True)[0] is None


def test_data_used_up_and_a_plan_that_ended_have_their_own_names():
    books = Books()
    books.text("您的物联网卡当月流量已达上限，已停止数据服务，次月1日自动恢复。")
    assert explained(books, REFUSED, ESM | 30)[0] == ids.V_CREDIT_DATA_USED_UP
    books = Books(imsi=MACHINE, date=(2025, 6, 3))
    books.credit.plan_set({ids.PLAN_END_DAY: day_of(2025, 6, 1)})
    verdict, percent, evidence = explained(books, REFUSED, ESM | 33)
    assert verdict == ids.V_CREDIT_PLAN_EXPIRED and percent >= 90
    assert ids.EVIDENCE_PLAN_OVER in evidence
    books = Books(imsi=MACHINE, date=(2025, 6, 20))
    books.credit.plan_set({ids.PLAN_QUOTA_KB: 1024})
    books.credit.traffic(0, 1024 * 1024)
    assert explained(books, REFUSED, ESM | 33)[0] == ids.V_CREDIT_DATA_USED_UP


def test_a_mute_card_without_plan_data_is_suspected_by_the_cause_alone():
    books = Books(imsi=MACHINE)
    verdict, percent, _ = explained(books, REFUSED, ESM | 33)
    assert verdict == ids.V_CREDIT_SUSPECTED and percent == 65
    assert books.credit.remark() == ids.V_CREDIT_NO_WAY_TO_ASK


def test_what_the_platform_says_is_believed_for_and_against():
    for state, verdict in (
        (ids.PLATFORM_ARREARS, ids.V_CREDIT_OVERDUE),
        (ids.PLATFORM_QUOTA, ids.V_CREDIT_DATA_USED_UP),
        (ids.PLATFORM_EXPIRED, ids.V_CREDIT_PLAN_EXPIRED),
        (ids.PLATFORM_BOUND, ids.V_SIM_BOUND),
        (ids.PLATFORM_STOPPED, ids.V_CREDIT_SUSPECTED),
    ):
        books = Books(imsi=MACHINE)
        books.credit.plan_set({ids.PLAN_STATE: state})
        assert books.credit.state == ids.CREDIT_SUSPENDED
        found = explained(books, REFUSED, ESM | 33)
        assert found[0] == verdict and found[1] >= 90
    books.credit.plan_set({ids.PLAN_STATE: ids.PLATFORM_ACTIVE})
    assert books.credit.state == ids.CREDIT_UNKNOWN and books.credit.hint
    assert explained(books, REFUSED, ESM | 33)[1] < 50


def test_fraud_control_is_not_arrears():
    books = Books(imsi="460031234567890")
    books.text(
        "经发现，您的号码出现通话异常，已对该号码进行功能限制。请机主本人携带有效证件前往营业厅。",
        "10001",
    )
    assert books.credit.state == ids.CREDIT_RESTRICTED
    for situation, cause in ((DENIED, EMM | 3), (REFUSED, ESM | 33), (NO_CONTEXT, 0)):
        verdict, percent, evidence = explained(books, situation, cause)
        assert verdict == ids.V_CREDIT_RESTRICTED and percent >= 80
        assert ids.EVIDENCE_TEXT_RESTRICTED in evidence


def test_announced_maintenance_is_not_arrears():
    books = Books()
    books.text("因系统升级，6月3日0点至6点将暂停服务，期间已停止数据业务，敬请谅解。")
    assert books.credit.said == 0 and books.credit.warning() == 0
    assert explained(books, UNREGISTERED, EMM | 17, 1000)[0] is None


def test_a_captive_page_and_a_gateways_word_count_where_nobody_can_be_asked():
    books = Books(imsi=MACHINE)
    verdict, _, evidence = explained(books, HOST_DOWN, 0, 1000, path=ids.V_CAPTIVE)
    assert verdict == ids.V_CREDIT_SUSPECTED and evidence == [ids.EVIDENCE_CAPTIVE]
    found = explained(books, HOST_DOWN, 0, 1000, path=ids.V_DNS, deactivated=True)
    assert found[0] is None and ids.EVIDENCE_GATEWAY in found[2]
    found = explained(books, REFUSED, ESM | 33, deactivated=True)
    assert found[1] == 90


def test_a_refused_message_speaks_for_a_one_way_stop():
    books = Books()
    before = explained(books, REFUSED, ESM | 29)[1]
    books.credit.sms_refused_s = books.clock.s
    found = explained(books, REFUSED, ESM | 29)
    assert found[1] > before and ids.EVIDENCE_SMS_REFUSED in found[2]


def test_after_the_cut_the_restoration_is_told_with_what_is_proven():
    books = Books()
    books.text(STOPPED)
    explained(books, REFUSED, ESM | 33)
    books.pass_s(7200)
    books.text("您的号码已恢复使用（复机成功）。缴费复机后如仍不能上网可重启终端。")
    assert books.credit.hint and books.credit.advice
    books.credit.proven(ids.LAYER_CONTEXT)
    assert not books.count(ids.E_CREDIT_RESTORED)
    books.credit.proven(ids.LAYER_TCP)
    (args,) = [args for event, args in books.events if event == ids.E_CREDIT_RESTORED]
    assert args[ids.A_VERDICT] == ids.V_CREDIT_OVERDUE and args[ids.A_LAYER] == ids.LAYER_TCP
    assert 7200 <= args[ids.A_WAIT_S] < 7300
    assert books.credit.remark() == ids.V_CREDIT_RESTORED
    books.pass_s(1200, 60)
    assert books.credit.remark() != ids.V_CREDIT_RESTORED
    assert books.credit.warning() == 0


def test_possible_fraud_is_shown_and_never_a_state():
    books = Books()
    assert not books.text("您的POS机即将停用，请点击 http://x.example 更新", "13800138000")
    assert not books.text("您的号码因欠费已被停机，请点击链接充值", "106590001")
    assert books.count(ids.E_FRAUD_TEXT) == 2
    assert books.credit.said == 0 and books.credit.warning() == 0
    assert not books.text("您的快递到了", "13800138000")
    assert books.count(ids.E_FRAUD_TEXT) == 2


def test_an_old_text_read_late_is_no_news():
    books = Books()
    books.text(STOPPED, age_s=4 * DAY_S)
    assert books.credit.said == 0
    books.text(STOPPED, age_s=3600)
    assert books.credit.said & ids.SAYS_SUSPENDED


def test_a_text_of_many_parts_keeps_its_place_when_there_is_no_room():
    books = Books()
    for _ in range(6):
        assert books.credit.on_text("10086", "您好")
    assert not books.credit.on_text("10086", "您的话费余额为12.00元。")
    for _ in range(6):
        books.poll()
    assert books.credit.on_text("10086", "您的话费余额为12.00元。")


def test_a_number_from_before_the_last_answer_is_no_balance():
    books = Books()
    books.balance(5000)
    books.pass_s(3600)
    books.text("您的话费余额为12.00元。", age_s=7200)
    assert books.credit.balance_minor == 5000
    books.text("您的话费余额为49.00元。", age_s=60)
    assert books.credit.balance_minor == 4900
    unset = Books(storage=books.storage, date=None)  # a start before the network told the time
    unset.text("您的话费余额为48.00元。")
    assert unset.credit.balance_minor == 4800


def test_a_line_that_is_back_owes_a_proof_until_a_message_is_answered():
    books = Books()
    books.text(STOPPED)
    explained(books, REFUSED, ESM | 33)
    assert books.credit.unproven()
    books.pass_s(3600)
    books.credit.proven(ids.LAYER_TCP)
    assert books.credit.unproven() and books.credit.cut_s is None
    owed = books.credit.restored
    assert owed[ids.A_VERDICT] == ids.V_CREDIT_OVERDUE and owed[ids.A_WAIT_S] >= 3600
