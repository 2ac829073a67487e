"""Everything that a run draws from outside: the clock and the threads.

Only this package imports `time` and `threading`, so a test or an exploration that replaces these
few names holds all the chance there is.
"""
