"""The probes: one file each, found by scanning this folder."""
