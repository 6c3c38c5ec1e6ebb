"""The way to a terminal: ports, transports, the conversation, captures of it and their replay."""
