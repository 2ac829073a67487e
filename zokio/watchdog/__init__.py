"""The watchdog: notices polls that keep the other tasks of their thread waiting.

It knows threads and tasks, and no runtime: each polling thread is a place, which says who is told.
"""
