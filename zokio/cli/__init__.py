"""The command line: `zokio demo` and `zokio check`."""
