"""证据: papers taken in, read, settled, shown to few, taken out and erased."""
