"""Judgement of the whole fleet: what stands behind many reports at once, causes and incidents."""
