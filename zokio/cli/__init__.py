"""The command line: `zokio demo`, `check`, `trace` and `serve`."""
