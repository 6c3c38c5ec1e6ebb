"""Where reports are kept: SQLite in a file, or PostgreSQL by URL, under the same SQL text."""
