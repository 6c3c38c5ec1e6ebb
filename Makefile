# `make` lists the targets; `make demo` and `make test` are the two to know.
.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

VENV := .venv
PY := $(VENV)/bin/python

# An own interpreter: make test MICROPYTHON=/path/to/micropython
ifeq ($(strip $(MICROPYTHON)),)
MICROPYTHON := $(CURDIR)/$(VENV)/bin/micropython
endif
export MICROPYTHON

# The environment is remade when pyproject.toml, the set of packages or the place changes;
# times of files say nothing after a checkout.
PACKAGES := $(sort $(wildcard protocol/*/__init__.py host_tools/*/__init__.py firmware/*/__init__.py))
READY := $(VENV)/.ready-$(shell (cat pyproject.toml .ci/setup; echo $(CURDIR) $(PACKAGES)) | cksum | cut -d' ' -f1)

.PHONY: help
help:  ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(READY)  ## create .venv with everything that pyproject.toml pins

$(READY):
	@.ci/setup $@
