"""Stop with a clear sentence when this Python is too old for zokio."""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "zokio needs Python 3.11 or newer, and this is %d.%d (%s). "
        "Name another one: make PYTHON=python3.12 ..."
        % (sys.version_info[0], sys.version_info[1], sys.executable)
    )
