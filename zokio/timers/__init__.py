"""Timers: what is due when."""
