"""What is said between bridge and collector: topics, envelopes, signed reports, acks."""
