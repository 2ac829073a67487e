"""Benchmarks of zokio against asyncio, uvloop, rloop and trio: `python -m benchmarks --help`.

They guarantee that every figure stands for work that was really done (each contestant counts, the
parent compares), that each contestant runs in a process of its own, and that rounds are
interleaved, so that a noisy minute of the machine touches all of them. They do not claim figures
for other machines: read ratios, within one run.
"""
