"""The schedulers: who polls the tasks that are owed a poll, and in which order."""
