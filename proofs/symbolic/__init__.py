"""Runs the specifications' own methods on symbolic states: no transition is written twice."""
