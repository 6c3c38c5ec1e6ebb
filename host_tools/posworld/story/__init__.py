"""What happens in the simulated world, and its judge: scenarios, faults, radio budgets."""
