# Every command people need. Works from any folder name, and offline after the first time.
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help run test lint messages vendor bench lighthouse zpl faults browser clean

help: ## what there is
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## /make \1\t/' | expand -t 16

run: .venv/run.stamp ## start Shelftalk on http://localhost:PORT, 8000 unless set
	@exec $(BIN)/python scripts/serve.py

test: .venv/dev.stamp ## every test; ARGS="tests/web -k sign" for some
	@sh tests/install_browser.sh
	$(BIN)/python -m pytest -n $${TEST_WORKERS:-2} --dist worksteal $(ARGS)

lint: .venv/dev.stamp ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

messages: .venv/dev.stamp ## collect the texts for the translators
	$(BIN)/python scripts/messages.py

vendor: .venv/run.stamp ## copy the browser libraries again, as package-lock.json pins them
	npm ci --no-audit --no-fund
	$(BIN)/python scripts/vendor.py

bench: .venv/dev.stamp ## measure, as ratios in one run
	$(BIN)/python -m pytest tests/benchmarks -o python_files='bench_*.py' -p no:cacheprovider -q -s $(ARGS)

lighthouse: .venv/dev.stamp ## Lighthouse's marks of the sample's pages; fetches it into build/
	@mkdir -p build/lighthouse
	npm install --no-save --no-audit --no-fund --prefix build/lighthouse lighthouse@12.8.2
	$(BIN)/python -m pytest tests/benchmarks -o python_files='lighthouse_*.py' -p no:cacheprovider -q -s $(ARGS)

zpl: .venv/dev.stamp ## labels for thermal printers, drawn by another renderer; fetches it into build/
	@mkdir -p build/zpl
	npm install --no-save --no-audit --no-fund --prefix build/zpl zpl-renderer-js@3.4.0
	$(BIN)/python -m pytest tests/labels -o python_files='renderer_*.py' -p no:cacheprovider -q $(ARGS)

faults: .venv/dev.stamp ## all the fault tests, the long ones too
	FAULTS=all $(BIN)/python -m pytest tests/faults -s --hypothesis-profile=default $(ARGS)

browser: .venv/dev.stamp ## find or install the Chromium the tests drive
	@sh tests/install_browser.sh

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Shelftalk needs Python 3.11 or newer. '$(PYTHON)' is: $$($(PYTHON) --version 2>&1)." >&2; \
	  echo "Name another one: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@echo "Making .venv (once) …"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
	  echo "Python's venv is missing. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }

.venv/run.stamp: requirements.txt | .venv/bin/python
	@echo "Installing what running needs …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/dev.stamp: requirements-dev.txt requirements.txt | .venv/bin/python
	@echo "Installing what tests need …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch .venv/run.stamp $@

clean: ## take away what the commands made, but never the instance
	rm -rf .venv node_modules build .pytest_cache .mypy_cache .ruff_cache .hypothesis
