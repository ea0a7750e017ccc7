"""For `make` on a machine without any set-up: starts set-up. Any old Python can read this file.

Run as `python3 -m watchbill.bootstrap [desk|gate|sam|emulator]`. This file uses nothing newer than Python 2: the
wrong Python gets one clear line and not a syntax error.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "Watchbill needs Python 3.11 or later; %s is %d.%d. Install a newer one (apt install python3.11, "
        "brew install python@3.13, or python.org) and name it: make day PYTHON=python3.11"
        % (sys.executable, sys.version_info[0], sys.version_info[1])
    )

if __name__ == "__main__":
    from watchbill.setup import main

    sys.exit(main(sys.argv[1:]))
