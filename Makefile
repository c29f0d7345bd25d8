# Two commands on a fresh machine: `make run` and `make test`. Both set up what they need.

PORT ?= 8000
DEMO ?= 1
SITE ?= site
VENV := .venv
PYTHON ?= python3
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: run setup test lint bench docs pictures clean

setup: $(STAMP)

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || .ci/install-packages python3-venv
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

run: setup
	$(BIN)/fieldstone --site $(SITE) serve --port $(PORT) $(if $(filter 0,$(DEMO)),,--demo)

test: setup
	.ci/install-packages chromium fonts-noto-cjk
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal $(ARGS)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: setup
	$(BIN)/python -m benchmarks $(ARGS)

docs: setup
	$(BIN)/python docs/generate.py

pictures: setup
	.ci/install-packages chromium fonts-noto-cjk
	FIELDSTONE_PICTURES=1 $(BIN)/python -m pytest tests/browser/test_pages.py tests/browser/test_setup.py

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .artefacts
