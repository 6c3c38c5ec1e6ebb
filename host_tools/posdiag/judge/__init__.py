"""What it means: one verdict from all facts, and a modem's line explained."""
