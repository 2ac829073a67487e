"""Pure polling: Poll, Context, Waker, Future, tasks and joining. No I/O, no time, no threads."""
