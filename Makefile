# `make run` and `make test` are all a newcomer needs; each sets up .venv by itself first.
SHELL := /bin/bash
.DEFAULT_GOAL := help
BOOT_PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready
export PYTHONDONTWRITEBYTECODE :=
export SOHOA_HOME ?= $(CURDIR)/.sohoa

.PHONY: help setup run airflow clears portal lint fast wheel test test-spark long explore audit-campaign unmerges corpus fuzz chaos samples bench lock

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

SAMPLES := data_samples
DELIVERIES := 01:three_provinces/input/ha_noi.csv 40:three_provinces/input/nghe_an.xlsx \
  92:three_provinces/input/can_tho_tcvn3.csv 38:scanned_pages/input/household_register.jpg
SOHOA := $(VENV)/bin/sohoa
# The sample store may issue numbers of a range that is marked as test.
run: export SOHOA_ISSUING_RANGE ?= 990000-999999
run: $(READY)  ## the sample ledgers of three provinces and a scanned page through Airflow into the store; prints sums and reports
	@set -e; trap '$(SOHOA) store stop' EXIT; $(SOHOA) store start; \
	for delivery in $(DELIVERIES); do \
	  province=$${delivery%%:*}; file=$${delivery#*:}; \
	  echo "Airflow: ingest_batch, province $$province, $$file"; \
	  $(SOHOA) airflow dags test ingest_batch \
	    --conf "{\"paths\": [\"$(CURDIR)/$(SAMPLES)/$$file\"], \"province\": \"$$province\"}" \
	    >$(SOHOA_HOME)/airflow-$$province.log 2>&1 \
	    || { tail -n 40 $(SOHOA_HOME)/airflow-$$province.log; echo "Full log: $(SOHOA_HOME)/airflow-$$province.log"; exit 1; }; \
	done; $(SOHOA) batch list; \
	echo "Cells of the scanned page that wait for a person: sohoa review cells --out cells.xlsx"

AIRFLOW_PORT ?= 8080
airflow: $(READY)  ## a complete local Airflow with the DAGs, on this machine alone; prints accounts once; Ctrl-C stops all of it
	@$(SOHOA) airflow start --foreground --port $(AIRFLOW_PORT)

PORT ?= 8080
portal: $(READY)  ## the portal on this machine: a sample ledger in the embedded store, an account of each role; prints addresses and passwords
	@$(SOHOA) run $(SAMPLES)/three_provinces/input/ha_noi.csv --province 01 >/dev/null || [ $$? -eq 1 ]
	@$(SOHOA) portal --port $(PORT) --local --demo

lint: $(READY)  ## ruff, mypy --strict, floors and doors
	@$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check -q . && $(VENV)/bin/mypy && $(VENV)/bin/lint-imports --no-cache | tail -n 3

fast: $(READY)  ## the tests that need no service
	@$(PY) -m pytest -q -m "not store and not airflow and not browser and not spark"

wheel: $(READY)  ## build the wheel and look inside
	@$(PY) -m pytest -q tests/test_wheel.py

test: $(READY)  ## everything: lint, tests, wheel, store, Airflow, browser
	@sh tests/find_chromium.sh
	@$(MAKE) -s lint
	@$(PY) -m pytest -q -m "not long and not spark" -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
	@echo "Left out: what is long (make long); the steps on Spark (make test-spark)."

# Beside .venv, whose packages it sees: Spark, and a Java for a machine that has none.
SPARK_VENV := .venv-spark
$(SPARK_VENV)/.ready: $(READY) requirements-spark.lock
	@echo "Setting up $(SPARK_VENV) (once; about a minute and 700 MB) ..."
	@$(BOOT_PYTHON) -m venv $(SPARK_VENV)
	@$(SPARK_VENV)/bin/python -m pip install -q --require-hashes --no-deps -r requirements-spark.lock
	@echo "import site; site.addsitedir('$(CURDIR)/$(VENV)/lib/python3.11/site-packages')" \
	  >$(SPARK_VENV)/lib/python3.11/site-packages/sohoa_spark.pth
	@touch $@

test-spark: $(SPARK_VENV)/.ready  ## the steps on a local Spark: row for row what one process gives (five minutes)
	@$(SPARK_VENV)/bin/python -m pytest -q -n0 -m spark

long: $(READY)  ## what is too long for every change: all twelve tasks of a clerk, Airflow from landing to report (six minutes)
	@sh tests/find_chromium.sh
	@$(PY) -m pytest -q -m long

explore: $(READY)  ## the laws alone, on examples never tried before
	@$(PY) -m pytest -q --hypothesis-profile=explore -m "not store and not airflow and not browser and not spark" tests

audit-campaign: $(READY)  ## 2 000 seeded changes of an audit of 10 000 events: all found and located (half a minute)
	@$(PY) -m tests.store.audit_campaign

unmerges: $(READY)  ## 1 000 random un-merges of a generated store, taken back in any order: it says what it said (ten minutes)
	@$(PY) -m tests.pipeline.unmerge_campaign

corpus: $(READY)  ## twenty variants of each of the 216 bad inputs; writes docs/corpus.md
	@$(PY) -m tests.corpus.campaign --seeds 20 --write

FUZZ_SECONDS ?= 120
fuzz: $(READY)  ## the laws on new examples, then atheris on each format for FUZZ_SECONDS
	@$(PY) -m pytest -q --hypothesis-profile=explore tests/fuzz
	@for format in worksheet strings zip biff dbf text; do echo "atheris: $$format"; \
	  $(PY) -m tests.fuzz.harness $$format -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 2>&1 | tail -n 8 || exit 1; done

CHAOS_MINUTES ?= 60
CHAOS_POINTS ?= 900
CHAOS_SEED ?= 1
chaos: $(READY)  ## kills, refusals, cut lines, dying servers, 34 provinces at once; writes docs/chaos.md
	@$(PY) -m tests.chaos.campaign --points $(CHAOS_POINTS) --minutes $(CHAOS_MINUTES) --seed $(CHAOS_SEED) --write

CLEARS ?= 100
CLEARS_SEED ?= 1
clears: $(READY)  ## tasks of all DAGs cleared, run twice and killed at random moments; writes docs/airflow.md (ten minutes)
	@$(PY) -m tests.clears.campaign --count $(CLEARS) --seed $(CLEARS_SEED) --write

samples: $(READY)  ## make the committed sample ledgers and pages again (same bytes)
	@$(PY) -m data_samples.three_provinces
	@$(PY) -m data_samples.scanned_pages

bench: $(READY)  ## the measurements of benchmarks/ (half an hour)
	@$(PY) -m benchmarks.whole_job --rows 100000 1000000
	@$(PY) -m benchmarks.load_ratio
	@$(PY) -m benchmarks.start_up
	@$(PY) -m benchmarks.audit
	@$(PY) -m benchmarks.report --rows 1000000

lock:  ## write requirements.lock and requirements-spark.lock anew (needs uv and network)
	@uv pip compile --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q setup.cfg --extra dev -o requirements.lock
	@$(BOOT_PYTHON) -c 'import configparser as c; s = c.ConfigParser(); s.read("setup.cfg"); print(s["options.extras_require"]["spark"])' \
	  | uv pip compile --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -c requirements.lock - -o requirements-spark.lock
