"""How long will it last: endurance, cadence, availability. Never one number."""
