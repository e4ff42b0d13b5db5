"""Run casaudit as ``python -m casaudit``, and as the command ``casaudit``."""

import sys

# Needs nothing but the standard library: the guard stands before anything slow is imported.
from casaudit import interrupts


def main() -> None:
    """Run the command line and end the process with its exit code."""
    try:
        interrupts.run(_command_line)
    except KeyboardInterrupt:  # before the first line of the guard
        sys.exit(interrupts.EXIT_CODE)


def _command_line() -> int:
    from casaudit import cli  # half a second of imports, which an operator may interrupt as well

    return cli.run()


if __name__ == "__main__":
    main()
