"""Policies of other connection managers, each small and with its source: what they ask of a modem,
when, and what they do about it. Driven through the AT port of the same world as the agent.
"""
