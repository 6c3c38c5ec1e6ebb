"""Two cards, two subscriptions: what one of them has at its operator while the other is in use."""

FIELDS = ("brand", "plmn", "name", "short", "account", "smsc", "cells")


class Subscription:
    """The operator's fields as they are for one card, while that is not in use."""

    def __init__(self, operator):
        for name in FIELDS:
            setattr(self, name, getattr(operator, name))


class Subscriptions:
    """Base of Operator: `cards` are the subscriptions, empty where there is but one card."""

    used = 0
    cards = ()

    def add_card(self, subscription):
        self.cards = tuple(self.cards or (Subscription(self),)) + (subscription,)

    def use(self, card):
        """The terminal shows card number `card` from now on."""
        self.cards[self.used].__init__(self)
        self.used = card
        for name in FIELDS:
            setattr(self, name, getattr(self.cards[card], name))

    def on_card(self, card, act, *args):
        """act(*args) befalls this card, which may not be the one that is shown."""
        if card == self.used:
            act(*args)
            return
        radio, self.radio = self.radio, None  # it hears nothing of it
        used = self.used
        self.use(card)
        act(*args)
        self.use(used)
        self.radio = radio
