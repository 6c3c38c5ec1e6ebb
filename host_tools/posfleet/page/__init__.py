"""The fleet's page: which terminals need a hand and why, for people who are signed in."""
