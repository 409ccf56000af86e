"""Telling people what is due and what lapsed: by mail, robots and calendar, once."""
