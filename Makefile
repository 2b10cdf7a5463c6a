# Needs Python 3.11 or newer and make. PYTHON=… chooses an interpreter, PORT=… the demo's port.

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/ready-dev
DOCS_STAMP := $(VENV)/ready-docs
RUN := $(BIN)/python
PORT ?= 8000

.PHONY: help setup demo demo-reset test test-fast test-slow test-all coverage corners lint format \
	messages bench docs screenshots chromium clean
.DEFAULT_GOAL := help

help: ## list these targets
	@sed -nE 's/^([a-z-]+):.* ## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | \
		while IFS="$$(printf '\t')" read -r name text; do printf '%-12s %s\n' "$$name" "$$text"; done

setup: $(STAMP) ## make the virtual environment, and install everything into it

$(STAMP): pyproject.toml constraints.txt scripts/setup.sh
	@sh scripts/setup.sh $(VENV) dev
	@touch $@

$(DOCS_STAMP): $(STAMP)
	@sh scripts/setup.sh $(VENV) docs
	@touch $@

chromium: $(STAMP) ## install Chromium for the browser tests, unless it is there
	@sh scripts/ensure_chromium.sh $(BIN)/python

demo: $(STAMP) ## run the example site, until Ctrl-C
	@PORT=$(PORT) exec $(BIN)/python example_site/manage.py demo

demo-reset: $(STAMP) ## the same, from an empty database
	@PORT=$(PORT) exec $(BIN)/python example_site/manage.py demo --reset

test: $(STAMP) chromium ## run the tests that are not slow
	@$(RUN) -m pytest -q -m "not slow"

test-fast: $(STAMP) ## run the tests that are neither slow nor need a browser
	@$(BIN)/python -m pytest -q -m "not slow and not browser"

test-all: export WAGTAIL_PAYMENTS_TEST_SIZE := full
test-all: $(STAMP) chromium ## run all tests on all databases at full size: half an hour and more
	@$(BIN)/python -m pytest -q -p schemathesis
	@sh scripts/test_services.sh $(BIN)/python

test-slow: $(STAMP) chromium ## run the tests that take long, or that run in processes of their own
	@# One process more than cores, because these tests mostly wait for other processes.
	@$(BIN)/python -m pytest -q -p schemathesis -m slow -n 3

coverage: $(STAMP) ## the same as make test, and print the branch coverage
	@$(BIN)/coverage erase
	@$(MAKE) test RUN="$(BIN)/coverage run"
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

corners: $(STAMP) ## run a part of the tests with the oldest and the newest dependencies
	@$(BIN)/nox --session tests-lowest tests-newest

lint: $(STAMP) ## check format, lint, types, templates, import contracts and migrations
	@sh scripts/lint.sh $(BIN)

format: $(STAMP) ## format Python and templates
	@sh scripts/format.sh $(BIN)

messages: $(STAMP) ## collect the German messages anew, and compile them
	@sh scripts/messages.sh $(BIN)

bench: $(STAMP) ## run the benchmarks
	@$(BIN)/python -m benchmarks

docs: $(DOCS_STAMP) ## build the documentation, warnings as errors
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict
	@echo "The documentation is in site/index.html."

screenshots: $(STAMP) chromium ## take the documentation's screenshots; make demo has to run
	@$(BIN)/python scripts/screenshots.py http://127.0.0.1:$(PORT)

clean: ## remove everything that these targets made
	rm -rf $(VENV) .nox .coverage* var site build dist *.egg-info
