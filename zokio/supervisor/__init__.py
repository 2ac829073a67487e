"""The supervisor: keeps processes running, replaces them one by one, and stops them.

`supervisor.py` decides, by the machine of `spec/supervisor.py`; `children.py` are the processes,
and `run.py` tells the one of what happens to the other. It knows nothing of what they do.
"""
