"""What a check leaves behind: on the terminal, and in files for people and for other tools."""
