"""Each piece of evidence for or against an unpaid bill has its weight in percent, pinned here.

What was told by the operator or its platform weighs most; what the network does alone is never
enough but with a cause that speaks of the account; an outage outweighs a told state.
"""

from credit_rig import DENIED, HOST_DOWN, NO_CONTEXT, REFUSED, UNREGISTERED, Books, Trouble
from posagent.core import situation
from posagent.core.credit import evidence
from posproto import ids

EMM, ESM = ids.CAUSE_EMM << 8, ids.CAUSE_ESM << 8


def _agent(books, plight, cause=0, age_s=60, **more):
    agent = Trouble(books, plight, cause, age_s)
    for name in more:
        if name == "deaf":
            agent.network.deaf = more[name]
        elif name in ("kind", "fails"):
            setattr(agent.path, "_kind" if name == "kind" else name, more[name])
        else:
            setattr(agent, name, more[name])
    return agent


# (situation, cause, age of the trouble, more, percent, evidence)
NETWORK = (
    # Reject causes that speak of the account (the table of 4.1 and 4.2)
    (REFUSED, ESM | 8, 60, {}, 65, "CAUSE_ACCOUNT"),  # operator determined barring
    (DENIED, EMM | 8, 60, {}, 65, "CAUSE_ACCOUNT"),
    (DENIED, EMM | 7, 60, {}, 65, "CAUSE_ACCOUNT"),
    (REFUSED, ESM | 33, 60, {}, 65, "CAUSE_ACCOUNT"),  # not subscribed
    (DENIED, EMM | 2, 60, {}, 50, "CAUSE_ACCOUNT"),  # unknown in the register: cancelled
    (DENIED, EMM | 3, 60, {}, 50, "CAUSE_ACCOUNT"),  # deactivated
    (REFUSED, ESM | 30, 60, {}, 55, "CAUSE_ACCOUNT"),  # rejected by the gateway: a quota
    (REFUSED, ESM | 32, 60, {}, 65, "CAUSE_ACCOUNT"),  # service option not supported
    (DENIED, EMM | 33, 60, {}, 65, "CAUSE_ACCOUNT"),
    (DENIED, EMM | 5, 60, {}, 0, ""),
    (DENIED, EMM | 6, 60, {}, 0, ""),  # the device, not the bill
    (REFUSED, ESM | 29, 60, {}, 45, "CAUSE_ACCOUNT"),
    (REFUSED, ESM | 27, 60, {}, 0, ""),  # the access point
    # At home a roaming cause may mean a bar, or just the place
    (DENIED, EMM | 11, 60, {}, 20, "CAUSE_ACCOUNT"),
    (DENIED, EMM | 15, 60, {}, 20, "CAUSE_ACCOUNT"),
    (DENIED, EMM | 13, 60, {}, 20, "CAUSE_ACCOUNT"),
    (DENIED, EMM | 14, 60, {}, 20, "CAUSE_ACCOUNT"),
    (DENIED, EMM | 35, 60, {}, 20, "CAUSE_ACCOUNT"),
    (REFUSED, ESM | 66, 60, {}, 20, "CAUSE_ACCOUNT"),
    (DENIED, EMM | 12, 60, {}, 0, ""),
    # What passes by itself speaks against it; a quota ends a session again and again
    (NO_CONTEXT, ESM | 26, 60, {}, -40, "CAUSE_TEMPORARY"),
    (NO_CONTEXT, ESM | 36, 60, {}, -40, "CAUSE_TEMPORARY"),
    (NO_CONTEXT, ESM | 36, 601, {"context_failures": 3}, 55, "CAUSE_ACCOUNT"),
    (NO_CONTEXT, ESM | 36, 600, {"context_failures": 3}, -40, "CAUSE_TEMPORARY"),
    (NO_CONTEXT, ESM | 36, 601, {"context_failures": 2}, -40, "CAUSE_TEMPORARY"),
    (DENIED, EMM | 17, 60, {}, -40, "CAUSE_TEMPORARY"),
    (DENIED, EMM | 19, 60, {}, -40, "CAUSE_TEMPORARY"),  # of the context asked for beside it
    # Refused, and nobody says why
    (NO_CONTEXT, 0, 601, {"context_failures": 3}, 15, "REFUSED_SILENTLY"),
    (NO_CONTEXT, 0, 600, {"context_failures": 3}, 0, ""),
    (NO_CONTEXT, 0, 601, {"context_failures": 2}, 0, ""),
    (DENIED, 0, 60, {}, 20, "REFUSED_SILENTLY"),
    (UNREGISTERED, 0, 601, {}, 10, "REFUSED_SILENTLY"),
    # An outage explains a dead line better than a bill
    (UNREGISTERED, 0, 600, {}, -20, "OUTAGE"),
    (UNREGISTERED, 0, 60, {"deaf": True}, -60, "OUTAGE"),
    (UNREGISTERED, 0, 601, {"deaf": True}, -60, "OUTAGE"),
    (UNREGISTERED, EMM | 8, 60, {"deaf": True}, 5, "CAUSE_ACCOUNT OUTAGE"),
    (UNREGISTERED, EMM | 8, 60, {}, 65, "CAUSE_ACCOUNT"),
    # The host is not reached
    (HOST_DOWN, 0, 60, {"kind": ids.V_CAPTIVE, "fails": 1}, 45, "CAPTIVE"),
    (HOST_DOWN, 0, 60, {"kind": ids.V_DNS, "fails": 9}, 15, "NO_TRAFFIC"),
    (HOST_DOWN, 0, 60, {"kind": ids.V_HOST_UNREACHABLE, "fails": 1}, 0, ""),
    (HOST_DOWN, 0, 60, {"kind": ids.V_NO_DATA, "fails": 1}, 15, "NO_TRAFFIC"),
    (HOST_DOWN, 0, 601, {"context_failures": 3}, 0, ""),
    (UNREGISTERED, EMM | 8, 601, {}, 65, "CAUSE_ACCOUNT"),
    # Said by others
    (HOST_DOWN, 0, 60, {"deactivated": True}, 25, "GATEWAY"),
)


def _names(total):
    names = {}
    for name in dir(ids):
        if name[:9] == "EVIDENCE_":
            names[getattr(ids, name)] = name[9:]
    return " ".join([names[one] for one in total.evidence])


def test_what_the_network_does_has_its_weight():
    for plight, cause, age_s, more, percent, names in NETWORK:
        books = Books()
        total = evidence._Sum()
        agent = _agent(books, plight, cause, age_s, **more)
        told = evidence._network(total, books.credit, agent)
        row = (plight, cause & 255, age_s, more)
        assert (told, total.percent, _names(total)) == (percent, percent, names), (row, told)


def test_two_hosts_that_fail_again_and_again_speak_of_the_line():
    for hosts, fails, percent in ((1, 99, 0), (2, 4, 0), (2, 5, 15)):
        books = Books()
        total = evidence._Sum()
        agent = _agent(books, HOST_DOWN, fails=fails, kind=ids.V_HOST_UNREACHABLE)
        agent.path.hosts = lambda hosts=hosts: [None] * hosts
        evidence._network(total, books.credit, agent)
        assert total.percent == percent, (hosts, fails)


def test_a_refused_text_message_speaks_for_it_for_a_day():
    for ago_s, percent in ((0, 20), (86399, 20), (86400, 0)):
        books = Books()
        books.credit.sms_refused_s = books.clock.s - ago_s
        total = evidence._Sum()
        evidence._network(total, books.credit, _agent(books, HOST_DOWN))
        assert total.percent == percent, ago_s


SUSPENDED, ONE_WAY = ids.SAYS_SUSPENDED, ids.SAYS_ONE_WAY
STOPPED, USED_UP = ids.SAYS_DATA_STOPPED, ids.SAYS_DATA_USED_UP

# (what the account is known by, percent, evidence, verdict)
ACCOUNT = (
    ({}, 0, "", "SUSPECTED"),
    ({"said": SUSPENDED}, 55, "TEXT_SUSPENDED", "OVERDUE"),
    ({"said": ONE_WAY}, 55, "TEXT_SUSPENDED", "OVERDUE"),
    ({"said": STOPPED}, 55, "TEXT_DATA", "DATA_USED_UP"),
    ({"said": USED_UP}, 55, "TEXT_DATA", "DATA_USED_UP"),
    ({"said": ids.SAYS_EXPIRED}, 50, "TEXT_EXPIRED", "PLAN_EXPIRED"),
    ({"said": ids.SAYS_RESTRICTED}, 80, "TEXT_RESTRICTED", "RESTRICTED"),
    ({"said": ids.SAYS_RESTRICTED | SUSPENDED}, 80, "TEXT_RESTRICTED", "RESTRICTED"),
    ({"said": ids.SAYS_BOUND}, 55, "TEXT_BOUND", "SIM_BOUND"),
    ({"said": ids.SAYS_BOUND, "cause": EMM | 5}, 70, "TEXT_BOUND", "SIM_BOUND"),
    ({"said": ids.SAYS_BOUND, "cause": ESM | 27}, 70, "TEXT_BOUND", "SIM_BOUND"),
    ({"said": ids.SAYS_BOUND, "cause": ESM | 33}, 70, "TEXT_BOUND", "SIM_BOUND"),
    ({"said": ids.SAYS_BOUND, "cause": EMM | 6}, 55, "TEXT_BOUND", "SIM_BOUND"),
    # Money of the book
    ({"estimate_minor": 0}, 45, "BALANCE_EMPTY", "EXHAUSTED"),
    ({"estimate_minor": -350}, 45, "BALANCE_EMPTY", "EXHAUSTED"),
    ({"estimate_minor": 0, "days_old": 3}, 45, "BALANCE_EMPTY", "EXHAUSTED"),
    ({"estimate_minor": 0, "days_old": 4}, 20, "BALANCE_EMPTY", "EXHAUSTED"),
    ({"estimate_minor": 5000}, -15, "BALANCE_GOOD", "SUSPECTED"),
    ({"estimate_minor": 5000, "days_old": 2}, -15, "BALANCE_GOOD", "SUSPECTED"),
    ({"estimate_minor": 5000, "days_old": 3}, 0, "", "SUSPECTED"),
    ({"estimate_minor": 500, "state": ids.CREDIT_LOW}, 15, "BALANCE_LOW", "SUSPECTED"),
    ({"estimate_minor": 5000, "said": SUSPENDED}, 55, "TEXT_SUSPENDED", "OVERDUE"),
    ({"estimate_minor": 0, "said": SUSPENDED}, 100, "TEXT_SUSPENDED BALANCE_EMPTY", "OVERDUE"),
    # A fee was due in the last three days (today is the third of June)
    ({"fee_dom": 3}, 5, "FEE_DAY", "SUSPECTED"),
    ({"fee_dom": 1}, 5, "FEE_DAY", "SUSPECTED"),
    ({"fee_dom": 31}, 0, "", "SUSPECTED"),
    ({"fee_dom": 4}, 0, "", "SUSPECTED"),
    ({"fee_dom": 1, "estimate_minor": 999}, -5, "BALANCE_GOOD FEE_DAY", "SUSPECTED"),
    ({"fee_dom": 1, "estimate_minor": 1000}, -15, "BALANCE_GOOD FEE_DAY", "SUSPECTED"),
    # The plan
    ({"valid_ago": 1}, 50, "PLAN_OVER", "PLAN_EXPIRED"),
    ({"valid_ago": 0}, 0, "", "SUSPECTED"),
    ({"quota": (100, 84)}, 0, "", "SUSPECTED"),
    ({"quota": (100, 85)}, 45, "QUOTA_USED", "DATA_USED_UP"),
    ({"quota": (100, 120)}, 45, "QUOTA_USED", "DATA_USED_UP"),
    ({"was_data": True}, 30, "QUOTA_USED", "DATA_USED_UP"),
    ({"cut_s": 1, "cut_verdict": ids.V_CREDIT_OVERDUE}, 0, "", "SUSPECTED"),
    ({"cut_verdict": ids.V_CREDIT_DATA_USED_UP}, 0, "", "SUSPECTED"),
    ({"plan_end_ago": 1}, 50, "PLAN_OVER", "PLAN_EXPIRED"),
    ({"plan_end_ago": 0, "valid_ago": 1}, 0, "", "SUSPECTED"),  # the platform's day goes before
    # Of several the heaviest gives the name; of equals data, then time
    ({"was_data": True, "said": ids.SAYS_EXPIRED}, 80, "TEXT_EXPIRED QUOTA_USED", "PLAN_EXPIRED"),
    ({"was_data": True, "said": SUSPENDED}, 85, "TEXT_SUSPENDED QUOTA_USED", "OVERDUE"),
    (
        {"said": USED_UP | ids.SAYS_EXPIRED, "valid_ago": 1, "quota": (100, 85)},
        200,
        "TEXT_DATA TEXT_EXPIRED PLAN_OVER QUOTA_USED",
        "DATA_USED_UP",
    ),
    (
        {"said": SUSPENDED | USED_UP, "estimate_minor": 0, "quota": (100, 85)},
        200,
        "TEXT_SUSPENDED BALANCE_EMPTY TEXT_DATA QUOTA_USED",
        "DATA_USED_UP",
    ),
    (
        {"said": SUSPENDED | ids.SAYS_EXPIRED, "estimate_minor": 0, "valid_ago": 1},
        200,
        "TEXT_SUSPENDED BALANCE_EMPTY TEXT_EXPIRED PLAN_OVER",
        "PLAN_EXPIRED",
    ),
    ({"said": SUSPENDED | USED_UP}, 110, "TEXT_SUSPENDED TEXT_DATA", "DATA_USED_UP"),
    ({"said": SUSPENDED | ids.SAYS_EXPIRED}, 105, "TEXT_SUSPENDED TEXT_EXPIRED", "OVERDUE"),
    ({"said": USED_UP | ids.SAYS_EXPIRED}, 105, "TEXT_DATA TEXT_EXPIRED", "DATA_USED_UP"),
    (
        {"said": ids.SAYS_EXPIRED, "estimate_minor": 0},
        95,
        "BALANCE_EMPTY TEXT_EXPIRED",
        "PLAN_EXPIRED",
    ),
    # The platform knows
    ({"platform": ids.PLATFORM_ACTIVE}, -30, "PLATFORM_ACTIVE", "SUSPECTED"),
    ({"platform": ids.PLATFORM_INACTIVE}, 0, "", "SUSPECTED"),
    ({"platform": ids.PLATFORM_QUOTA}, 90, "PLATFORM_STOPPED", "DATA_USED_UP"),
    ({"platform": ids.PLATFORM_ARREARS}, 90, "PLATFORM_STOPPED", "OVERDUE"),
    ({"platform": ids.PLATFORM_EXPIRED}, 90, "PLATFORM_STOPPED", "PLAN_EXPIRED"),
    ({"platform": ids.PLATFORM_BOUND}, 90, "PLATFORM_STOPPED", "SIM_BOUND"),
    ({"platform": ids.PLATFORM_STOPPED}, 90, "PLATFORM_STOPPED", "SUSPECTED"),
    ({"platform": ids.PLATFORM_MANUAL}, 90, "PLATFORM_STOPPED", "SUSPECTED"),
    ({"platform": ids.PLATFORM_CANCELLED}, 90, "PLATFORM_STOPPED", "SUSPECTED"),
)


def _account(facts):
    """(Books, reject cause) of an account with these facts."""
    books = Books()
    credit = books.credit
    today = credit.today()
    cause = 0
    for name in facts:
        value = facts[name]
        if name == "cause":
            cause = value
        elif name == "days_old":
            credit.history = [today - value, 0]
        elif name == "valid_ago":
            credit.valid_day = today - value
        elif name == "plan_end_ago":
            credit.plan[ids.PLAN_END_DAY] = today - value
        elif name == "quota":
            credit.plan[ids.PLAN_QUOTA_KB], credit.plan[ids.PLAN_USED_KB] = value
        elif name == "was_data":
            credit.cut_s, credit.cut_verdict = 1, ids.V_CREDIT_DATA_USED_UP
        elif name == "platform":
            credit.plan[ids.PLAN_STATE] = value
        else:
            setattr(credit, name, value)
    return books, cause


def test_what_is_known_of_the_account_has_its_weight_and_its_name():
    for facts, percent, names, verdict in ACCOUNT:
        books, cause = _account(facts)
        total = evidence._Sum()
        found = evidence._account(total, books.credit, cause)
        name = "V_" + (verdict if verdict == "SIM_BOUND" else "CREDIT_" + verdict)
        row = (facts, total.percent, _names(total), found)
        assert (total.percent, _names(total)) == (percent, names), row
        assert found == getattr(ids, name), row


def test_a_suspicion_is_told_from_45_percent_on_and_never_as_certain():
    for minor, plight, cause, percent in (
        (None, REFUSED, ESM | 29, 45),
        (5000, REFUSED, ESM | 29, None),  # 30: the book speaks against it
        (0, REFUSED, ESM | 8, 97),  # 110
        (0, UNREGISTERED, 0, None),  # 25
    ):
        books = Books()
        books.credit.estimate_minor = minor
        found = evidence.explain(books.credit, _agent(books, plight, cause))
        assert (found and found[1]) == percent, (minor, plight, cause, found)


def test_traffic_after_the_text_speaks_against_it():
    books = Books()
    books.credit.said = SUSPENDED
    books.credit.said_s, books.credit.worked_s = 100, 101
    assert evidence.explain(books.credit, _agent(books, HOST_DOWN)) is None  # 35
    assert ids.EVIDENCE_WORKED_SINCE in books.credit.evidence
    books.credit.worked_s = 100
    found = evidence.explain(books.credit, _agent(books, NO_CONTEXT))
    assert found == (ids.V_CREDIT_OVERDUE, 55)
    books.credit.worked_s = 101
    found = evidence.explain(books.credit, _agent(books, REFUSED, ESM | 29))
    assert found == (ids.V_CREDIT_OVERDUE, 80)  # 45 + 55 - 20


def test_a_text_alone_explains_nothing_that_the_network_does_not_say_and_nobody_asked():
    """One text on a line that works, and an acquirer that refuses: the card had been "stopped"."""
    for said in (SUSPENDED, ids.SAYS_RESTRICTED, ids.SAYS_BOUND, ids.SAYS_EXPIRED):
        books = Books()
        books.credit.said = said
        books.credit.said_s = books.credit.clock.s
        lines = ((HOST_DOWN, 0), (UNREGISTERED, 0), (NO_CONTEXT, 0), (DENIED, EMM | 22))
        for plight, cause in lines:
            agent = _agent(books, plight, cause, context_failures=0)
            assert evidence.explain(books.credit, agent) is None, (said, plight)
        agent = _agent(books, NO_CONTEXT, context_failures=1)
        assert evidence.explain(books.credit, agent), said
        books.credit.answered = True  # it was the answer to the agent's own question
        assert evidence.explain(books.credit, _agent(books, HOST_DOWN)), said


def test_a_text_and_a_book_without_money_are_two_who_say_it():
    for minor, told in ((0, (ids.V_CREDIT_OVERDUE, 97)), (5000, None)):  # 55 + 45; the text alone
        books = Books()
        books.credit.said = SUSPENDED
        books.credit.estimate_minor = minor
        assert evidence.explain(books.credit, _agent(books, HOST_DOWN)) == told, minor


def test_a_text_and_the_network_that_detaches_the_line_at_once_are_two_who_say_it():
    books = Books()
    books.credit.said = SUSPENDED
    books.credit.said_s = books.credit.clock.s
    books.credit.estimate_minor = -1280
    agent = _agent(books, UNREGISTERED)
    assert evidence.explain(books.credit, agent) is None  # it may be out of coverage
    agent.network.detached = True
    assert evidence.explain(books.credit, agent)[0] == ids.V_CREDIT_OVERDUE


def test_traffic_speaks_against_no_text_that_never_came():
    books = Books()
    books.credit.said_s, books.credit.worked_s = 100, 101
    found = evidence.explain(books.credit, _agent(books, REFUSED, ESM | 8))
    assert found == (ids.V_CREDIT_SUSPECTED, 65)
    assert books.credit.evidence == [ids.EVIDENCE_CAUSE_ACCOUNT]


def test_without_a_modem_or_a_card_nobody_speaks_of_money():
    for plight in (
        situation.DEAD,
        situation.SIM_LOST,
        situation.SIM_LOCKED,
        situation.RADIO_OFF,
    ):
        books = Books()
        books.credit.said = ids.SAYS_RESTRICTED
        books.credit.evidence = [1]
        assert evidence.explain(books.credit, _agent(books, plight)) is None
        assert books.credit.evidence == []


def test_what_a_text_said_is_confirmed_by_what_the_network_does():
    for cause, confirmed in ((ESM | 29, True), (ESM | 8, True), (ESM | 27, False)):
        books = Books()
        books.credit.said = SUSPENDED
        evidence.explain(books.credit, _agent(books, REFUSED, cause))
        assert books.credit.confirmed == confirmed, cause & 255
    books = Books()
    books.credit.said = USED_UP  # not a bill: nothing to confirm
    evidence.explain(books.credit, _agent(books, REFUSED, ESM | 8))
    assert not books.credit.confirmed


def test_after_a_payment_an_empty_balance_is_no_balance():
    for minor, left in ((0, None), (-350, None), (1, 1), (5000, 5000)):
        books = Books()
        books.credit.balance_minor = minor
        books.credit.cut_s, books.credit.cut_verdict = books.clock.s, ids.V_CREDIT_OVERDUE
        books.credit.proven(ids.LAYER_TCP)
        assert books.credit.balance_minor == left, minor
