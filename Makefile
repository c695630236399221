# make demo    write the sample logdir into a scratch folder and try three commands on it
# make test    the whole test suite, the real swanboard included
# make lint    ruff, mypy, import-linter
# make bench   the measurements of the README's table
# make docs    man/, completions/, docs/commands.md and docs/pictures/ from the command tree and the sample
# make release-check   sdist and wheel built twice, installed and tried on every CPython found
# make audit   whether a dependency has a known weakness (asks pypi.org)
# make lock    the versions that CI tests with, anew
# make fuzz    every fuzz target for a minute; SECONDS=… for longer
#
# Everything happens in .venv and .venv-oracle, made here on first use; nothing is needed beforehand but
# Python 3.10 or newer, make and a package index. CONSTRAINTS=requirements-ci.txt installs the versions that CI tests
# with in place of the newest.

PYTHON ?= python3
BIN := .venv/bin
ORACLE := .venv-oracle
PIP := -m pip --disable-pip-version-check -q

.PHONY: demo test lint bench docs release-check env oracle clean audit lock fuzz

demo: env
	@rm -rf demo && mkdir demo
	cd demo && ../$(BIN)/swancli demo
	cd demo && ../$(BIN)/swancli project
	cd demo && ../$(BIN)/swancli summary 1
	cd demo && ../$(BIN)/swancli metric 1 train/loss

# The tests marked 'programs' drive shells, tmux and man. Where these are missing and cannot be installed the
# others still run; SYSTEM_PROGRAMS=required makes that an error.
test: env oracle
	@if scripts/system-packages.sh; then exec $(BIN)/python -m pytest $(ARGS); \
	elif [ "$(SYSTEM_PROGRAMS)" = required ]; then exit 1; \
	else echo "leaving out the tests marked 'programs'" >&2; exec $(BIN)/python -m pytest -m "not programs" $(ARGS); fi

lint: env
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# ARGS="--only serve" measures some rows, ARGS="--quick --runs 3" tries the benchmark itself.
bench: env oracle
	@command -v wrk >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1 || [ "$$(id -u)" != 0 ] || \
		apt-get install -y -q --no-install-recommends wrk >/dev/null 2>&1 || true
	$(BIN)/python -m benchmarks $(ARGS)

docs: env
	$(BIN)/python -m scripts.make_docs
	$(BIN)/python -m scripts.make_pictures

release-check: env
	@$(BIN)/python $(PIP) install --group release
	$(BIN)/python -m scripts.release_check

audit: env
	$(BIN)/python $(PIP) install pip-audit
	$(BIN)/python -m pip_audit --strict --no-deps --disable-pip -r requirements-ci.txt

lock: env
	$(BIN)/python -m scripts.lock

fuzz: env
	$(BIN)/python $(PIP) install atheris
	scripts/fuzz.sh $(or $(SECONDS),60)

env: .venv/.made
oracle: $(ORACLE)/.made

# pip before 25.1 does not know dependency groups, so the environment's own pip is brought up to date first.
.venv/.made: pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python $(PIP) install --upgrade "pip>=25.1"
	@$(BIN)/python $(PIP) install -e ".[serve]" --group dev $(addprefix -c ,$(CONSTRAINTS))
	@touch $@

# The last SwanLab and the last swanboard, against which the tests compare: what is under test stays out of it.
$(ORACLE)/.made: tests/oracle/requirements.txt
	@test -x $(ORACLE)/bin/python || $(PYTHON) -m venv $(ORACLE)
	@$(ORACLE)/bin/python $(PIP) install -r tests/oracle/requirements.txt
	@touch $@

clean:
	rm -rf .venv .venv-oracle demo dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
