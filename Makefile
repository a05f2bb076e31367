# make run    serve Council on http://127.0.0.1:8000        make check   everything CI checks
# make test   run the tests                                 make fix     format, and mend what can be mended
# make bench  measure it beside its peers                   make setup   install into ./.venv (the others call it)
# make faults kill, starve and cut it, and write down what came of it        make soak   the same by chance, for half an hour

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup setup-dev run test check lint types js fix bench faults soak docs audit translations screenshots clean
.DEFAULT_GOAL := run

setup: $(VENV)/.installed $(BIN)/council

setup-dev: $(VENV)/.installed-dev $(BIN)/council

$(VENV)/.python:
	@command -v $(PYTHON) >/dev/null || { echo "Python is missing. On Debian: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Council needs Python 3.11 or newer; this is $$($(PYTHON) --version)."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv is missing. On Debian: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: requirements.txt $(VENV)/.python
	@echo "Installing what Council runs on (once; about a minute) ..."
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@# Python 3.11 brings a setuptools with known faults; nothing needs it.
	@$(BIN)/python -m pip uninstall --quiet --yes setuptools 2>/dev/null || true
	@$(BIN)/python -m compileall -q council app.py wsgi.py $(VENV)/lib >/dev/null || true
	@touch $@

# The command `council` of this folder, to be typed in any other one as well.
$(BIN)/council: Makefile $(VENV)/.installed
	@printf '#!/bin/sh\nPYTHONPATH="%s" exec "%s/python" -P -m council "$$@"\n' "$(CURDIR)" "$$(cd "$(BIN)" && pwd)" > $@
	@chmod +x $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "Installing what the tests need (once; about a minute) ..."
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@command -v chromium >/dev/null || echo "Note: chromium is missing, so the browser tests are skipped. On Debian: apt-get install chromium"
	@command -v node >/dev/null || echo "Note: node is missing, so the JavaScript tests are skipped. On Debian: apt-get install nodejs npm"
	@touch $@

run: setup
	@$(BIN)/python -m compileall -q council app.py wsgi.py
	$(BIN)/gunicorn -c gunicorn.conf.py wsgi:app

test: setup-dev
	$(BIN)/python -m pytest

check: lint types js test

lint: setup-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: setup-dev
	$(BIN)/mypy

js: node_modules/.installed
	npx --no-install tsc -p jsconfig.json --noEmit
	node --test tests/js/*.test.js

node_modules/.installed: package.json package-lock.json
	npm ci --silent --no-audit --no-fund
	@touch $@

fix: setup-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup-dev
	$(BIN)/python -m benchmarks.run

faults: setup-dev
	$(BIN)/python -m tests.faults.run

soak: setup-dev
	$(BIN)/python -m tests.faults.soak

docs: setup-dev
	$(BIN)/python -m tests.docs.reference

audit: setup-dev
	$(BIN)/python -m tests.audit

translations: setup-dev
	$(BIN)/python -m tests.web.translations

screenshots: setup-dev
	$(BIN)/python -m tests.browser.screenshots

clean:
	rm -rf $(VENV) node_modules .mypy_cache .ruff_cache .hypothesis
