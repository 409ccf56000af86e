"""The days of all cases on one calendar: `views` shows it, `days` selects them."""
