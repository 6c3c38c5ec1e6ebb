"""How it looks: words in two languages, screens, reports, slips."""
