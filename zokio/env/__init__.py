"""What a run draws from outside: the clock, the threads, and the CPUs that these run on.

Only this package imports `time` and `threading`, so a test or an exploration that replaces these
few names holds them. What else comes from outside has a door of its own: the descriptors are the
reactor's, and the blocking pool its own threads through this package.
"""
