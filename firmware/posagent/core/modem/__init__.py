"""The modem's side: one command in flight, answers paired with it, the port found again."""
