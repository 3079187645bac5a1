"""What calls to models cost: prices, budgets, the meter that keeps both, unusual days, the report."""
