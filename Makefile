# Two commands for a fresh machine: `make demo` and `make test`. Users of a wheel need neither.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export MATURIN_NO_INSTALL_RUST := 1

.PHONY: demo test check lint types imports sql tests bench lock clean

demo: $(VENV)/ready
	$(BIN)/trackway demo --force

test: check tests

check: lint types imports sql

lint: $(VENV)/ready
	$(BIN)/ruff format --check src tests bench
	$(BIN)/ruff check src tests bench

types: $(VENV)/ready
	$(BIN)/mypy

imports: $(VENV)/ready
	$(BIN)/lint-imports

sql: $(VENV)/ready
	$(BIN)/sqlfluff lint --disable-progress-bar src

tests: $(VENV)/ready
	$(BIN)/pytest -n auto

bench: $(VENV)/ready
	$(BIN)/python bench/correlating.py
	$(BIN)/python bench/reading.py

# the environment, made anew where a lock or the project's own description has changed
$(VENV)/ready: requirements/dev.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

lock: $(VENV)/ready
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--group dev -o requirements/dev.txt pyproject.toml

clean:
	rm -rf $(VENV)
