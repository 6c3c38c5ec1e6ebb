"""Short messages between operator, modem's store and agent: what is read, kept and deleted."""

from credit import Life
from posproto import ids
from posworld.network import texts
from posworld.story.judge import Judge


def told(life, event):
    return [args for _, noted, args in life.events if noted == event]


def test_answers_come_past_a_full_store_and_nobody_elses_message_is_lost(seed):
    life = Life({"balance_minor": 3345}, seed=seed)
    life.stage.modem.sms.fill()
    life.run(1200)
    assert life.credit.balance_minor == 3345 and told(life, ids.E_SMS_FULL)
    assert len(life.stage.modem.sms.slots) == 23
    assert life.credit.remark() == ids.V_CREDIT_STORE_FULL
    life.stage.modem.sms.delete(0, 4)  # somebody makes room
    life.credit.look = True
    life.run(2 * 86400)
    assert life.stage.modem.settings["cnmi"][:2] == (2, 1)
    assert life.credit.balance_minor == 3345 and life.credit.remark() == 0


def test_only_the_operators_answers_are_deleted_unless_the_config_says_otherwise(seed):
    for wanted, left in (("own", 2), ("all", 0), ("none", 4)):
        life = Life({"balance_minor": 3345}, {"sms_delete": wanted}, seed)
        life.run(30)
        life.operator.smsc.send("106590001", "周末特惠，全场八折！")
        life.run(400)  # the first query is answered meanwhile
        life.run(1200)
        life.text(texts.MARKETING)
        life.run(300)
        assert life.credit.balance_minor == 3345
        kept = len(life.stage.modem.sms.slots)
        assert kept == left, (wanted, kept)


def test_an_answer_whose_part_is_lost_is_asked_for_again_and_leaves_no_rubbish(seed):
    life = Life({"balance_minor": 3345}, seed=seed)
    life.operator.smsc.lost_part = 2
    life.run(1800)
    assert life.credit.balance_minor is None and told(life, ids.E_BALANCE_NO_ANSWER)
    life.operator.smsc.lost_part = 0
    life.run(2 * 86400)
    assert life.credit.balance_minor == 3345
    assert not life.stage.modem.sms.slots


def test_a_strangers_demand_for_money_is_told_as_possible_fraud_and_changes_nothing(seed):
    life = Life({"balance_minor": 3345}, seed=seed)
    life.run(600)
    text = "您的POS机即将停用，请点击 http://x.example 补缴36元流量卡费"
    life.operator.smsc.send("13800138000", text)
    life.run(120)
    (args,) = told(life, ids.E_FRAUD_TEXT)
    assert "36" not in args[ids.A_TEXT]
    assert life.verdict() == ids.V_ALL_CLEAR


def test_a_query_that_drops_the_session_is_noticed_healed_and_moved_to_the_night(seed):
    life = Life({"balance_minor": 7720}, {"busy_from_h": 0, "busy_to_h": 0}, seed)
    life.stage.modem.profile["sms_drops_data"] = True
    life.run(10 * 86400)
    assert len(told(life, ids.E_QUERY_DROPS_DATA)) == 1
    lost = [at for at, event, _ in life.events if event == ids.E_CONTEXT_LOST]
    back = [at for at, event, _ in life.events if event == ids.E_CONTEXT_UP]
    for at in lost:
        assert any(0 <= up - at <= 120 for up in back), at
    hours = [
        (life.operator.epoch_s + at + 28800) % 86400 // 3600
        for at, event, _ in life.events
        if event == ids.E_BALANCE_ASKED
    ]
    assert len(hours) >= 8 and all(hour < 6 for hour in hours[2:]), hours
    assert life.credit.balance_minor == 7720


def test_texts_that_came_while_the_agent_was_off_count_by_their_own_time(seed):
    life = Life({"balance_minor": 3345}, seed=seed)
    life.run(600)
    life.text(texts.SUSPENDED % "3.50")
    # The agent is off while days pass; the modem keeps the text.
    life.together.modem.output(life.together.now_ms + 4 * 86400 * 1000)
    life.together.now_ms += 4 * 86400 * 1000
    life.together.start()
    life.run(600)
    assert life.credit.said == 0
    assert life.verdict() in (ids.V_ALL_CLEAR, ids.V_CREDIT_LOW)


def test_a_bill_that_is_paid_minutes_after_the_cut_is_tried_at_both_texts(seed):
    for minutes in (1, 14, 16, 40):
        account = {
            "balance_minor": 100,
            "restore_s": 120,
            "arrears": {"layer": "data", "cause": 33},
        }
        life = Life(account, seed=seed)
        life.run(3600)
        life.operator.consume(200)
        life.run(60 * minutes)
        paid_s = life.now_s
        life.operator.top_up(5000)
        life.run(600)
        tried = [
            at - paid_s
            for at, event, args in life.events
            if event == ids.E_RUNG and args[ids.A_RUNG] in (ids.RUNG_CONTEXT, ids.RUNG_ATTACH)
        ]
        assert any(0 <= at <= 60 for at in tried), (minutes, tried)
        back = [at - paid_s for at, event, _ in life.events if event == ids.E_CONTEXT_UP]
        assert any(120 <= at <= 180 for at in back), (minutes, back)
        assert Judge(life.stage).violations() == []


def test_the_operators_advice_to_restart_after_paying_is_followed_once(seed):
    for text, restarts in ((texts.RESUMED, 1), ("您的号码已恢复使用（复机成功）。", 0)):
        life = Life({"balance_minor": 3345}, seed=seed)
        life.run(7200)
        life.bar("data", 33)
        life.run(3600)
        heard_s = life.now_s
        life.text(text)  # and yet the line is not back
        life.run(3 * 3600)
        rungs = [
            at - heard_s
            for at, event, args in life.events
            if event == ids.E_RUNG and args[ids.A_RUNG] == ids.RUNG_CFUN0 and at >= heard_s
        ]
        # Later ones are the ladder's own, an hour and more apart.
        assert sum(at < 600 for at in rungs) == restarts, (text, rungs)
        assert all(later - at > 3600 for at, later in zip(rungs, rungs[1:], strict=False))
        assert Judge(life.stage).violations() == []
