"""Texts of the page and of the command line, by language: TOML files with the same keys."""
