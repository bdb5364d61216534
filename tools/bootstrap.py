"""Entry of the set-up. Only this file may be read by an old Python, so it says nothing newer than that Python knows."""

import sys

if not (3, 11) <= sys.version_info[:2] < (3, 15):
    sys.exit(
        "Set-up stopped: Python 3.11 to 3.14 is needed, and this is {}.{}. Install one (Debian: apt install python3.11 "
        "python3.11-venv) and name it: make run PYTHON=python3.11".format(*sys.version_info[:2])
    )

from environment import main

main()
