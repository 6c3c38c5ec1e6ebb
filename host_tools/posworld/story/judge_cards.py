"""A terminal with two cards, as the judge of the budgets sees it: each subscription's network for
itself, and what a change from one to the other costs.
"""

HOUR_MS = 3600000
_CHANGE_MS = 30000  # from the radio, or the card, going off to the other card


def most(times, span_ms):
    """The largest number of times within a sliding span, and when it ended."""
    worst, when, first = 0, 0, 0
    for i in range(len(times)):
        while times[i] - times[first] >= span_ms:
            first += 1
        if i - first + 1 > worst:
            worst, when = i - first + 1, times[i]
    return worst, when


def changes(notes):
    """{index of the note with which a change began: ms}. What a module does when it starts, with
    no radio to switch off before, is its own.
    """
    found = {}
    for i in range(len(notes)):
        if notes[i][1] != "card_selected":
            continue
        for j in range(i - 1, -1, -1):
            began_ms, kind, detail = notes[j]
            if notes[i][0] - began_ms > _CHANGE_MS:
                break
            if kind in ("cfun", "card") and detail == 0:
                found[j] = began_ms
                break
    return found


def by_card(notes, first):
    """The notes by subscription, the IMSI `first` being in use at the beginning: all in one list
    where there is but one card.
    """
    cards, card = {}, first
    for note in notes:
        if note[1] == "card_selected":
            card = note[2]
        cards.setdefault(card, []).append(note)
    return list(cards.values())


def judge_changes(notes, changed, out):
    """At most two in an hour, eight a day, and never while a message is under way."""
    times = sorted(changed.values())
    for limit, span_ms, span in ((2, HOUR_MS, "an hour"), (8, 24 * HOUR_MS, "a day")):
        worst, when = most(times, span_ms)
        if worst > limit:
            out.append("%d changes of cards in %s, %d s" % (worst, span, when // 1000))
    for i in changed:
        if notes[i + 1][1] == "cut_amid":
            out.append("cards changed amid a message, at %d s" % (notes[i][0] // 1000))
