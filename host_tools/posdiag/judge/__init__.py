"""The meaning of what is known: one verdict from all facts, a modem's line explained."""
