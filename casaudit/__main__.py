"""Run casaudit as ``python -m casaudit``."""

from casaudit.cli import main

if __name__ == "__main__":
    main()
