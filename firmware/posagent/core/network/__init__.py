"""The way into the network and through it: registration, the card's PIN, the proven path."""
