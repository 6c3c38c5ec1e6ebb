"""Where is my money: each cause of money that did not arrive is played, and `posdiag settlement`
tells the verdict, how the batch stands and the next step, message by message.
"""

import pytest

from cable import client
from play import Play
from posdiag.commands.settlement import settlement_as_dict
from posdiag.facts import names
from posdiag.facts.messages import ask_settlement
from posdiag.show.i18n import LANGUAGES, Texts
from posdiag.show.slip import slip_lines
from posproto import ids
from posworld.story import scenario as scenarios

CLEAR = "clear"
UNTIL_S = 5 * 86400

# Scenario, the step after which somebody asks, the gravest verdict ("" none), the batch's state
# and its next step, and what the messages come to: MTI, key of the table `money` or of a verdict.
ROWS = [
    ("paid-tomorrow", CLEAR, "", "closed", "paid_tomorrow", []),
    ("closed-and-not-paid", CLEAR, "", "closed", "paid_late", []),
    ("never-run", "open", "not_settled", "open", "batch_open", []),
    ("no-answer", "unknown", "settlement_unknown", "no_answer", "", ["0500 settlement_unknown"]),
    (
        "unbalanced-uploaded",
        "unbalanced",
        "settlement_unbalanced",
        "unbalanced",
        "",
        [],
    ),
    ("unbalanced-uploaded", CLEAR, "", "closed_after_upload", "paid_after_upload", []),
    ("upload-incomplete", "incomplete", "upload_incomplete", "uploading", "", []),
    ("refused", "refused", "settlement_refused", "refused", "", ["0500 f39:30"]),
    ("closed-with-difference", "difference", "closed_with_difference", "difference", "", None),
    ("sale-reversed", CLEAR, "", "open", "batch_open", ["0200 sale_reversed", "0400 undone"]),
    ("late-approval", CLEAR, "", "none", "", ["0200 approved_too_late", "0400 undone"]),
    ("sale-declined", CLEAR, "", "none", "", ["0200 declined"]),
    ("answer-lost-and-undone", "unknown", "outcome_unknown", "none", "", ["0200 outcome_unknown"]),
    ("answer-lost-and-undone", CLEAR, "", "none", "", ["0200 sell_again", "0400 undone"]),
    (
        "reversal-waits-for-the-line",
        "kept",
        "outcome_unknown",
        "none",
        "",
        ["0200 reversal_waits", "0400 reversal_waits"],
    ),
    (
        "reversal-finds-nothing",
        CLEAR,
        "",
        "none",
        "",
        ["0200 never_arrived", "0400 nothing_to_undo"],
    ),
    (
        "reversal-refused",
        "refused",
        "reversal_unacknowledged",
        "none",
        "",
        ["0200 reversal_refused", "0400 reversal_refused"],
    ),
    ("not-signed-on", "silent", "", "none", "", ["0800 sign_on_unanswered"]),
    ("terminal-not-known", "told", "terminal_deactivated", "none", "", None),
    ("terminal-not-permitted", "told", "terminal_deactivated", "none", "", None),
    ("merchant-not-known", "told", "merchant_unknown", "none", "", None),
    ("keys-out-of-step", "told", "keys_out_of_step", "none", "", None),
    ("batch-out-of-step", "told", "batch_out_of_step", "none", "", None),
    ("host-maintenance", "wait", "host_maintenance", "none", "", ["0220 host_maintenance"]),
    ("advice-already-there", CLEAR, "", "open", "batch_open", ["0220 already_there"]),
    (
        "advice-refused",
        "refused",
        "settlement_refused",
        "none",
        "",
        ["0220 advice_refused"],
    ),
    ("refund-unknown", "unknown", "outcome_unknown", "none", "", ["0220 refund_unknown"]),
    ("wallet-sale", CLEAR, "", "none", "", []),
]


def played(name, step_id, seed):
    """The scenario up to the step, and a little more for what it brings."""
    play = Play(scenarios.load(f"settlement-{name}"), seed)
    step = next(step for step in play.story.steps if step.id == step_id)
    waits = True
    while waits and play.together.now_ms < UNTIL_S * 1000:
        waits = step.state == 0
        play.advance(1 if play.together.now_ms < 6 * 3600_000 else 10)  # days of waiting
    assert step.state == 1, (step.reason, play.timing.verdicts)
    return play


def steps_of(data, texts):
    """What each message that needs one was told: `MTI key`, or the verdict's name."""
    found = []
    for message in data["messages"]:
        if not message["next_step"]:
            continue
        key = message["money"]
        if not key:
            spoken = {texts.verdict(name).do: name for name in names.VERDICTS.values()}
            code = message.get("f39", "")
            own = texts.get("f39_next", code) if texts.has("f39_next", code) else None
            key = f"f39:{code}" if own == message["next_step"] else spoken[message["next_step"]]
        found.append(f"{message['mti']} {key}")
    return found


@pytest.mark.parametrize(
    "name, step, verdict, batch, batch_key, told", ROWS, ids=[f"{r[0]}-{r[1]}" for r in ROWS]
)
def test_the_money_is_found(name, step, verdict, batch, batch_key, told, seed):
    play = played(name, step, seed)
    asked = client(play)
    asked.greet()
    settlement = ask_settlement(asked)
    texts = Texts("en")
    data = settlement_as_dict(texts, settlement)
    assert (data["verdicts"] or [""])[0] == verdict
    assert data["settlement"]["state"] == batch
    assert data["settlement"]["money"] == batch_key
    if told is not None:
        assert steps_of(data, texts) == told
    for lang in LANGUAGES:
        words = "\n".join(slip_lines(Texts(lang), settlement, "pos", 0))
        spoken = settlement_as_dict(Texts(lang), settlement)
        for number in data["verdicts"]:
            assert Texts(lang).verdict(number).helpdesk in words
        for message in spoken["messages"]:
            if message["money"]:
                assert Texts(lang).has("money", message["money"])
                assert f"{message['stan']:06d}" in words
        if settlement.messages:
            assert "TEST0001" in words and "000000000000001" in words


@pytest.mark.parametrize(
    "name, message, verdict, do",
    [
        ("host-maintenance", "offline_sale", "host_maintenance", "Wait"),
        ("terminal-not-known", "sign_on", "terminal_deactivated", "terminal and merchant number"),
        ("terminal-not-permitted", "sale", "terminal_deactivated", "Call"),
        ("merchant-not-known", "sign_on", "merchant_unknown", "terminal and merchant number"),
        ("keys-out-of-step", "sale", "keys_out_of_step", "Sign on"),
        ("batch-out-of-step", "sale", "batch_out_of_step", "Sign on"),
    ],
)
def test_what_the_acquirer_switched_off_is_told_and_its_end_proves_the_path(
    name, message, verdict, do, seed
):
    assert do in Texts("en").verdict(verdict).do
    play = played(name, CLEAR, seed)
    number = next(n for n, known in names.VERDICTS.items() if known == verdict)
    again = [(ms, args) for ms, event, args in play.events if event == ids.E_HOST_TAKES_AGAIN]
    assert [args for _, args in again] == [{ids.A_VERDICT: number}]
    proven = [
        ms
        for ms, event, args in play.events
        if event == ids.E_ACKNOWLEDGED and ms >= again[0][0] and args[ids.A_F39] == "00"
    ]
    assert proven and play.together.agent.layer == ids.LAYER_ANSWER
    shown = [name for _, name in play.timing.verdicts]
    assert shown[-1] == "all_clear" and verdict in shown


def test_an_order_to_sign_on_is_told_once(seed):
    play = played("order-to-sign-on", CLEAR, seed)
    orders = [args for _, event, args in play.events if event == ids.E_HOST_ORDER]
    assert orders == [{ids.A_STATE: 3}]
