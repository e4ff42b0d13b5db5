"""Bring the PO files up to date: the same as ``casaudit rules languages``."""

import sys

from casaudit.__main__ import main

if __name__ == "__main__":
    sys.argv[1:1] = ["rules", "languages"]
    main()
