# make demo | demo-reset | test | test-all | lint | bench | docs
# Needs Python 3.11 or newer and make. PYTHON=… chooses an interpreter, PORT=… the demo's port.

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/ready-dev
DOCS_STAMP := $(VENV)/ready-docs
PORT ?= 8000

.PHONY: help demo demo-reset test test-all lint bench docs setup chromium clean
.DEFAULT_GOAL := help

help:
	@sed -n '1,2s/^# //p' Makefile

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt scripts/setup.sh
	@sh scripts/setup.sh $(VENV) dev
	@touch $@

$(DOCS_STAMP): $(STAMP)
	@sh scripts/setup.sh $(VENV) docs
	@touch $@

chromium: $(STAMP)
	@sh scripts/ensure_chromium.sh $(BIN)/python

demo: $(STAMP)
	@PORT=$(PORT) exec $(BIN)/python example_site/manage.py demo

demo-reset: $(STAMP)
	@PORT=$(PORT) exec $(BIN)/python example_site/manage.py demo --reset

test: $(STAMP) chromium
	@$(BIN)/python -m pytest -q

# The proofs in tests/resilience at full size: half an hour and more.
test-all: export WAGTAIL_PAYMENTS_TEST_SIZE := full
test-all: test
	@sh scripts/test_services.sh $(BIN)/python

lint: $(STAMP)
	@sh scripts/lint.sh $(BIN)

bench: $(STAMP)
	@$(BIN)/python -m benchmarks

docs: $(DOCS_STAMP)
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict 
	@echo "The documentation is in site/index.html."

clean:
	rm -rf $(VENV) var site build dist *.egg-info
