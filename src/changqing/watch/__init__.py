"""Looking again on a schedule: what lapsed since last time, told once."""
