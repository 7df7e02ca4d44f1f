#!/usr/bin/env bash
# Gradescope runs this once, as root, to build the image: a Python that submissions may read, with dlcourse in it.
set -euo pipefail
root="${AUTOGRADER_ROOT:-/autograder}"

suits() { "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

python=""
for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
    if suits "$candidate"; then
        python="$candidate"
        break
    fi
done
if [ -z "$python" ]; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3.11 python3.11-venv
    python=python3.11
fi

"$python" -m venv "$root/venv"
"$root/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    -r "$root/source/requirements.txt" -c "$root/source/constraints.txt"
packages="$("$root/venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
rm -rf "$packages/dlcourse"
cp -R "$root/source/dlcourse" "$packages/dlcourse"

# Anybody may look into Python, and nobody but root into what the instructor uploaded.
chmod a+rx "$root"
chmod -R a+rX "$root/venv"
chmod -R go-rwx "$root/source"
