"""The reactors: waiting for readiness, for time, and for other threads.

One contract (`contract.py`), three backends: `epoll.py` for Linux, `portable.py` over the standard
library's `selectors`, and `simulated.py` with sockets in memory and a virtual clock.
"""
