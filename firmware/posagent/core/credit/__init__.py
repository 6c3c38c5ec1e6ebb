"""The card's account: asked for, read from texts, foreseen, and told apart from other faults."""
