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

# The environment is remade when what pyproject.toml installs, the set of packages or the place
# changes; times of files say nothing after a checkout.
PACKAGES := $(sort $(wildcard protocol/*/__init__.py host_tools/*/__init__.py firmware/*/__init__.py))
STATE := $(shell (awk '/^\[tool.pytest/ {exit} 1' pyproject.toml; cat .ci/setup .ci/locks/*.txt; echo $(CURDIR) $(PACKAGES)) | cksum | cut -d' ' -f1)
READY := $(VENV)/.ready-$(STATE)

.PHONY: help
help:  ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(READY)  ## create .venv with everything that .ci/locks names, by hashes

$(READY):
	@.ci/setup $@ dev

.PHONY: demo
demo:  ## play the story: modem, operator, acquirer, agent, screen
	@[ -e $(READY) ] || .ci/setup $(VENV)/.demo-$(STATE) simulate
	@$(PY) -m posbuild.compile . build/mpy
	@$(VENV)/bin/posdiag simulate --scenario demo

.PHONY: test
test: lint size check  ## everything: lint, types, sizes, tests on CPython and MicroPython

.PHONY: check
check: mpy  ## the tests alone; make check PYTEST="-k outbox" chooses
	@$(PY) -m pytest $(or $(PYTEST),-n auto --maxprocesses 8 --dist loadgroup)

.PHONY: lint
lint: setup  ## style, spelling and types, of host and hardware code
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check
	@$(VENV)/bin/codespell
	@$(PY) -m mypy
	@$(PY) tests/tools/check_boards.py

.PHONY: format
format: setup  ## let ruff format everything
	@$(PY) -m ruff format
	@$(PY) -m ruff check --fix-only

.PHONY: mpy
mpy: setup  ## compile the device code to build/mpy
	@$(PY) -m posbuild.compile . build/mpy

.PHONY: size
size: mpy  ## .mpy sizes against the gate, and the worst moment of a Pico's heap
	@$(PY) tests/tools/size.py
	@$(PY) tests/sim/heap.py
	@$(PY) tests/sim/heap.py --two

.PHONY: endurance
endurance: mpy  ## 2,000 mixed messages in one process, in a heap that stands for a Pico's; some 15 minutes
	@$(PY) tests/sim/heap.py --messages $(or $(MESSAGES),2000)

.PHONY: sim
sim: setup  ## years of terminals and shops with random faults, on all cores; SEED=... other ones
	@$(PY) tests/sim/fleet.py --seed $(or $(SEED),1) --runs 500 --days 1
	@$(PY) tests/sim/fleet.py --seed $(or $(SEED),1) --runs 25 --days 7
	@$(PY) tests/sim/shop.py $(or $(SEED),1) $$(( $(or $(SEED),1) + 799 ))
	@$(PY) tests/sim/hostile.py $(or $(SEED),1) $$(( $(or $(SEED),1) + 999 ))

.PHONY: fleet-demo
fleet-demo: mpy  ## a small fleet in trouble: real agents, a broker, the page; PORT=8780
	@$(PY) -m posfleet.demo --port $(or $(PORT),8780)

.PHONY: fleet-proof
fleet-proof: setup  ## 10,000 agents through real brokers and stores that are killed; TERMINALS=...
	@$(PY) tests/fleet/proof.py --terminals $(or $(TERMINALS),10000) $(if $(SEED),--seed $(SEED))

SOAKED := tests/host/protocol/test_iso8583_agreement.py tests/world/test_keyed_program.py tests/world/test_provision_cuts.py

.PHONY: soak
soak: mpy  ## each simulation in full: days, weeks, each power cut, pair of faults, 10^8 bytes a side; takes hours
	@$(PY) tests/sim/fleet.py --seed $(or $(SEED),1)
	@$(PY) tests/sim/shop.py $(or $(SEED),1) $$(( $(or $(SEED),1) + 1999 ))
	@$(PY) tests/sim/hostile.py $(or $(SEED),1) $$(( $(or $(SEED),1) + 9999 ))
	@ISO_MESSAGES=10000 $(PY) -m pytest tests/sim $(SOAKED) --whole -q -s $(if $(SEED),--seed $(SEED))
	@$(MICROPYTHON) tests/tools/fuzz.py $(or $(SEED),1) 100 1000000
	@$(PY) tests/odd_files.py $(or $(SEED),1) 300

.PHONY: fuzz
fuzz: mpy  ## seeded nonsense from modem, cable, application (on MicroPython), files; SEED=2, BYTES=1000000
	@$(MICROPYTHON) tests/tools/fuzz.py $(or $(SEED),1) 10 $(or $(BYTES),50000)
	@$(PY) tests/odd_files.py $(or $(SEED),1) 10

.PHONY: mutants
mutants: setup  ## do the tests see small mistakes in tables and rules? SEED=2, COUNT=200
	@$(PY) tests/mutants/mutants.py --seed $(or $(SEED),1) --count $(or $(COUNT),200)

.PHONY: incidents
incidents: setup  ## field failures in virtual time: noticed, healed and at what price; SEED=2, NAME=...
	@$(PY) tests/sim/incidents.py $(if $(SEED),--seed $(SEED)) $(NAME)

.PHONY: peers
peers: setup  ## the agent beside other connection managers, same incidents, same seeds; SEED=2, NAME=...
	@$(PY) tests/sim/peers.py $(if $(SEED),--seed $(SEED)) $(NAME)
	@$(if $(NAME),,$(PY) tests/sim/outage.py $(if $(SEED),--seed $(SEED)))

.PHONY: verdicts
verdicts: setup  ## what posdiag says of every scenario, beside what an expert would say
	@$(PY) tests/sim/verdicts.py $(if $(SEED),--seed $(SEED))

.PHONY: texts
texts: setup  ## how many fields of the collected texts are read right, missed or wrong, by language
	@$(PY) tests/tools/texts.py $(if $(SHOW),--show)

.PHONY: bench
bench: mpy  ## speed of the hot paths on both runtimes
	@$(PY) -m pytest tests/bench -q -s

.PHONY: ci-tools
ci-tools:  ## optional programs for some tests, through apt and npm; never fails
	@.ci/tools

.PHONY: lock
lock:  ## choose anew, within pyproject.toml, what setup installs, with hashes: .ci/locks
	@.ci/lock

.PHONY: frozen
frozen: setup  ## write what firmware/manifest.py freezes: make frozen BOARD=rpi_pico
	@$(PY) -m posbuild.program $(BOARD) build/frozen

.PHONY: romfs
romfs: setup  ## write the program as a ROMFS image: make romfs BOARD=rpi_pico
	@$(PY) -m posbuild.romfs $(BOARD) build/romfs

.PHONY: dist
dist: setup  ## build what people install: a wheel with everything, and posdiag.pyz, one file
	@.ci/dist

.PHONY: flash
flash: setup  ## install on a board: make flash BOARD=rpi_pico PORT=/dev/ttyACM0
	@$(VENV)/bin/posdiag flash $(PORT) $(if $(BOARD),--board $(BOARD)) $(if $(KEY_FILE),--key-file $(KEY_FILE))

.PHONY: emulate
emulate: setup mpy  ## an emulated Pico's life: make emulate UF2=path, an image of MicroPython; STORY=program
	@$(PY) tests/emulated/emulate.py $(UF2) $(STORY)

.PHONY: clean
clean:  ## remove what was built; .venv too
	@rm -rf build dist .venv *.egg-info protocol/*.egg-info host_tools/*.egg-info
	@find . -name __pycache__ -prune -exec rm -rf {} +
