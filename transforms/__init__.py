"""What is known of Vietnamese values: pure functions, a column in and a standardised column out (floor 1)."""
