"""Proofs: what holds for every input, every state, or any number of tasks. See README.md."""
