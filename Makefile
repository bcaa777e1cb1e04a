# Onthaal. A fresh machine needs Python 3.11+ and make, nothing else: Node comes into .venv from the lock file.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
UV := 0.13.9
PY := $(VENV)/bin/python
NPM := $(VENV)/bin/npm
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export npm_config_update_notifier := false
REPORTS := $(CURDIR)/reports

.PHONY: help setup run code fix types check test test-setup bench simulate fuzz pictures clean

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:[^#]*## /\t/' | expand -t 14

# Compiled here once: where Python may write no .pyc files, every start of the server would compile 900 files anew.
INSTALL := $(VENV)/bin/uv pip install --quiet --compile-bytecode --python $(PY) --require-hashes -r requirements.lock
$(VENV)/.stamp: requirements.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install the package python3 (Debian, Ubuntu: apt-get install python3)"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv is missing: install the package python3-venv (Debian, Ubuntu: apt-get install python3-venv)"; exit 1; }
	@echo "1/3 Installing the server's packages and Node into $(VENV) (about half a minute) …"
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check uv==$(UV)
	@$(INSTALL) 2>/dev/null || $(INSTALL) --system-certs
	@touch $@

pwa/node_modules/.stamp: pwa/package-lock.json $(VENV)/.stamp
	@echo "2/3 Installing the app's packages (about half a minute) …"
	@cd pwa && ../$(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@ln -sfn ../pwa/node_modules tests/node_modules
	@touch $@

APP_SOURCES := $(shell find pwa/src pwa/public pwa/index.html pwa/vite.config.ts pwa/svelte.config.js -type f 2>/dev/null)
pwa/dist/.stamp: pwa/node_modules/.stamp $(APP_SOURCES)
	@echo "3/3 Building the app …"
	@cd pwa && { said=$$(../$(NPM) run --silent build -- --logLevel error 2>&1) || { echo "$$said"; exit 1; }; }
	@touch $@

setup: $(VENV)/.stamp pwa/node_modules/.stamp pwa/dist/.stamp ## Virtual environment, Node packages, the built app

run: setup ## Start the demo; prints links to sign in. What was entered is kept
	@$(PY) -m server demo --serve --with-code

code: $(VENV)/.stamp ## The demo coordinator's code of now, while `make run` runs
	@$(PY) -m server demo --code

fix: setup ## Format and mend what can be mended by machine
	@$(VENV)/bin/ruff format . && $(VENV)/bin/ruff check --fix .
	@cd pwa && node_modules/.bin/biome check --write . && cd ../tests && node_modules/.bin/biome check --write .

types: $(VENV)/.stamp ## Write what is generated: wire schema, TypeScript types and tables, the API's answers, message types, exports' words
	@$(PY) -m sync.generate
	@$(PY) -m server.described
	@$(PY) -m server.reports.worded
	@cd pwa && node scripts/messages.mjs

check: setup ## Formats, lint, types, import rules, generated files, the shape of the tree
	@$(PY) tests/support/check.py

test-setup: setup ## Chromium and PostgreSQL for the tests, by apt-get as root or with sudo
	@$(PY) -m tests.support.install

test: test-setup ## Everything that must hold: checks, Python, TypeScript, browser stories
	@$(PY) tests/support/check.py --but tidy
	@rm -rf $(REPORTS) && mkdir -p $(REPORTS)
	@$(PY) -m tests.support.run $(REPORTS)

simulate: setup ## The simulator over other worlds: make simulate SEEDS=5000
	@SEED=$(or $(SEED),$(shell echo $$RANDOM$$RANDOM)) SEEDS=$(or $(SEEDS),2000) $(PY) -m pytest tests/sync/test_simulator.py -s -k any_world

bench: setup ## Measure, as ratios to a floor in the same run
	@$(PY) -m bench

fuzz: setup ## Spoilt bytes into every decoder, 60 s each: make fuzz FUZZ_SECONDS=600
	@FUZZ_SECONDS=$(or $(FUZZ_SECONDS),60) $(PY) -m tests.support.fuzz
	@FUZZ_SECONDS=$(or $(FUZZ_SECONDS),60) $(VENV)/bin/node tests/pwa/support/fuzz.ts

pictures: setup ## Take the README's pictures from the running app
	@cd pwa && node scripts/pictures.mjs

clean: ## Remove what was built; the database in var/ stays
	rm -rf $(VENV) pwa/node_modules pwa/dist reports .mypy_cache .ruff_cache .pytest_cache .hypothesis
