"""The trace probe: records what a program on the interpreted runtime does, step by step.

The sources carry the names of the specification's actions as comments (`spec:` and the name).
`launch.py` runs a program with copies of the labelled modules in which each labelled step is
recorded (`instrument.py`, by the table in `sites.py`); the files themselves are not touched, and
without the launcher nothing of this is loaded: absent, the probe costs nothing. `recorder.py` takes
the events, `projection.py` makes traces of them.

The package imports nothing of zokio, so that it can be loaded before anything else of it is.
"""
