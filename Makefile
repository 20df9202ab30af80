# Every command of the project. `make` alone lists them.
# A target that needs .venv sets it up first; that costs a second or two when nothing has changed.

.DEFAULT_GOAL := help
SHELL := /bin/bash
BIN := .venv/bin
# Before cargo, also where another program calls it: finds a toolchain that is installed but not switched on.
RUST := ROOT=$(CURDIR) && source profiling/common.sh && find_rust &&
# The tests that ask whether all is well with the tree, the wheel and the tools; slower than the rest.
SLOW := --ignore=tests/test_wheel.py --ignore=tests/test_scripts.py \
	--ignore=tests/test_profiling_scripts.py --ignore=tests/test_profiling_failures.py --ignore=tests/test_typing.py

.PHONY: help
help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## Make .venv with the tools, the extension and the command bebytes
	@profiling/setup.sh

.PHONY: build
build: ## Build the extension in place, as released
	@profiling/setup.sh run

.PHONY: build-debug
build-debug: ## Build the extension in place, quickly, with overflow checks and debug assertions
	@profiling/setup.sh build dev

.PHONY: build-profiling
build-profiling: ## Build what the profilers run, beside the rest: release code with symbols and frame pointers
	@profiling/setup.sh profiling native core

.PHONY: test
test: ## Run every check and every test, on each supported Python that is here
	./test.sh

.PHONY: test-quick
test-quick: ## The same on the Python of .venv alone, without the wheel
	./test.sh --quick

.PHONY: test-python
test-python: setup ## Run the Python tests on both backends, without those of wheel, scripts and typing
	$(BIN)/python -m pytest $(SLOW)

.PHONY: test-rust
test-rust: ## Run the Rust tests
	@$(RUST) cargo test --locked

.PHONY: lint
lint: setup ## Check formatting, lints and types; change nothing
	./test.sh --lint

.PHONY: format
format: setup ## Format Rust and Python, and mend what the linter can mend
	@$(RUST) cargo fmt
	$(BIN)/ruff check --fix-only --exit-zero .
	$(BIN)/ruff format .

.PHONY: bench
bench: ## Run the benchmark
	./profile.sh quick

.PHONY: counts
counts: ## Count instructions and heap of the Rust core, and fail where they are over 3 % more than in the record
	@profiling/counts.sh --check

.PHONY: profile
profile: ## Show the menu of profilers
	./profile.sh

.PHONY: plots
plots: ## Draw the plots and fill the tables of docs/performance.md from the records
	@profiling/performance.sh

.PHONY: wheel
wheel: setup ## Build the wheel of this machine into dist/
	@$(RUST) $(BIN)/maturin build --release --locked --interpreter $(BIN)/python --out dist

.PHONY: sdist
sdist: setup ## Build the source archive into dist/
	@$(RUST) $(BIN)/maturin sdist --out dist

.PHONY: clean
clean: ## Remove what was built; the environments stay
	rm -rf target dist profiling_results python/bebytes/_core*.so
	find . -path ./.venv -prune -o -path ./.venvs -prune -o -name __pycache__ -print0 | xargs -0 rm -rf
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks

.PHONY: clean-all
clean-all: clean ## Remove the environments as well
	rm -rf .venv .venvs .venv.lock
