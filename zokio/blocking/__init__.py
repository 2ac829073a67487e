"""Blocking calls: a bounded pool of threads that grows when it is busy and shrinks when it is not.

It knows neither tasks nor runtimes: whoever hands a call in waits for it by a waker.
"""
