"""Reading what people bring: pure functions from kept pages to facts."""
