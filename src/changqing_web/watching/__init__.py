"""监测: what lapsed and for how long, and who is told of it."""
