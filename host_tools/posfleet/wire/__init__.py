"""The language between bridge and collector: topics, envelopes, signed reports, acks."""
