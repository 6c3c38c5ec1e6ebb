"""What the SIM cards' platforms say, joined with what the terminals say."""
