"""How long will it last: endurance, cadence, availability. Never one number.

`ahead.look_ahead` gives all of it for one case and day, as an `ahead.Outlook`.
"""
