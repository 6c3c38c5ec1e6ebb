"""What a terminal says, as values: status, log, settings, account, money."""
