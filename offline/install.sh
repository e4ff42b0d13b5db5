#!/bin/sh
# Installs casaudit from this folder, without a network:  sh install.sh [FOLDER] [--extra NAME]
# Exit codes: 0 installed, 1 failed, 2 wrong option, 3 no Python that fits.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 1
fits='import sys; sys.exit(sys.version_info[:2] not in [(3, 11), (3, 12), (3, 13)])'
for python in python3.13 python3.12 python3.11 python3; do
    if "$python" -c "$fits" >/dev/null 2>&1; then
        exec "$python" "$here/install.py" "$@"
    fi
done
echo "install: no Python 3.11, 3.12 or 3.13 was found." >&2
echo "Install one, or name it yourself:  /folder/python $here/install.py" >&2
exit 3
