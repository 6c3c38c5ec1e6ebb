"""The store of reports: SQLite in a file, or PostgreSQL by URL, under the same SQL text."""
