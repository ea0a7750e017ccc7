# Everything here needs only python3 (3.11 or later), pip and make. Written for GNU make 3.81, which macOS ships.
# ARGS is passed through: make day ARGS="--calm", make test ARGS="tests/brain -x".

PYTHON ?= python3
# Lambda's runtime: the other emulator runs functions on the interpreter that runs itself.
EMULATOR_PYTHON ?= python3.13
ARGS ?=

# Leftovers of other environments would decide which modules set-up itself imports.
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP VIRTUAL_ENV

.DEFAULT_GOAL := help
.PHONY: help day console drill test emulator event ci build bench picture screenshots lock clean desk gate sam

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

day: desk ## one whole company day on this machine, and its morning brief
	@.venv/bin/watchbill day $(ARGS)

console: desk ## the owner's web pages, about the last day, on this machine
	@.venv/bin/watchbill console $(ARGS)

drill: desk ## every outage in a simulated week: who noticed? writes docs
	@.venv/bin/watchbill drill --write README.md --write docs/scars.md $(ARGS)

test: desk ## the tests
	@.venv/bin/python -m pytest $(ARGS)

emulator: desk ## the built template on another emulator: 22 min, python3.13
	@$(MAKE) build ARGS=
	@$(EMULATOR_PYTHON) -m watchbill.bootstrap emulator
	@.venv/bin/python -m pytest -n 0 --emulator tests/emulator $(ARGS)

event: desk ## ROLE=check: an event and environment for `sam local invoke`
	@.venv/bin/watchbill invoke $(ROLE) --for-sam .watchbill/sam

ci: ## the gate that must pass before a commit
	@.ci/run

build: sam ## what `sam deploy` ships, into .aws-sam/
	@SAM_CLI_TELEMETRY=0 .venv-sam/bin/sam build $(ARGS)

bench: desk ## the speed table
	@.venv/bin/python -m bench $(ARGS)

picture: desk ## the README's picture, drawn from a run of the day
	@.venv/bin/watchbill day --picture docs/day.svg $(ARGS)

screenshots: gate ## the README's pictures of the console; needs a Chromium
	@.venv/bin/python -m watchbill.cli.screenshots

lock: gate ## requirements/*.lock and the deps layer's, from pyproject.toml
	@.venv/bin/python -m watchbill.setup.lock $(ARGS)

clean: ## back to a fresh checkout, without server, caches and builds
	@[ ! -x .venv/bin/python ] || .venv/bin/python -c \
	  "from watchbill.home import HOME; from watchbill.cloud.postgres.shared_server import remove_server; remove_server(HOME)" \
	  2>/dev/null || echo "make clean: the environment is not whole, so no server was looked for."
	@rm -f .venv*/watchbill-stamp.json
	@rm -rf .venv .venv-sam .venv-emulator .venv*.lock .watchbill .aws-sam .cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

desk gate sam:
	@$(PYTHON) -m watchbill.bootstrap $@
