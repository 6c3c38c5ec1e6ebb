"""What is done about a broken line: the ladder, its budgets, the choice of a rung."""
