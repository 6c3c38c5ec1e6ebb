"""All that a person sees: words in two languages, screens, pages, slips."""
