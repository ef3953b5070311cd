# `make run` and `make test` are all a newcomer needs; each sets up .venv by itself first.
SHELL := /bin/bash
.DEFAULT_GOAL := help
BOOT_PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready
export PYTHONDONTWRITEBYTECODE :=
export SOHOA_HOME ?= $(CURDIR)/.sohoa

.PHONY: help setup run test

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup: $(READY)  ## create .venv from requirements.lock (only when the lock changed)

# Bytecode is compiled once here: some machines set PYTHONDONTWRITEBYTECODE, and Airflow and
# Great Expectations then take seconds longer at every start.
$(READY): requirements.lock setup.cfg pyproject.toml
	@test -n "$(BOOT_PYTHON)" || { echo "Python 3.11 was not found. Install it, or: make BOOT_PYTHON=/path/to/python3.11"; exit 3; }
	@$(BOOT_PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
	  || { echo "sohoa needs Python 3.11; $(BOOT_PYTHON) is another version. Use: make BOOT_PYTHON=/path/to/python3.11"; exit 3; }
	@echo "Setting up $(VENV) (once; about two minutes) ..."
	@$(BOOT_PYTHON) -m venv $(VENV)
	@$(PY) -m pip install -q --require-hashes -r requirements.lock
	@$(PY) -m pip install -q --no-deps --no-build-isolation -e .
	@-$(PY) -m compileall -q -j 0 $(VENV)/lib >/dev/null 2>&1
	@touch $(READY)
