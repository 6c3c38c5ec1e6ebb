"""The simulated modem: its serial line, commands, families, card and sockets."""
