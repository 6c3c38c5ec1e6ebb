"""What decides. Pure: no hardware, no clock of its own, no files."""
