# make demo    write the sample logdir to a scratch folder and run three commands on it
# make check   lint and the fast part of the tests, within a minute: for daily work
# make test    the whole test suite, including comparisons with the real swanboard
# make lint    ruff, mypy, import-linter
# make bench   repeat the measurements in the README
# make docs    generate man/, completions/, docs/commands.md, docs/schema/v1-*.json and docs/pictures/
# make pictures   take the pictures of the page in docs/pictures/
# make release-check   build sdist and wheel twice, install and test them on every CPython found
# make audit   check the dependencies for known vulnerabilities (asks PyPI)
# make lock    update the versions that CI tests with
# make fuzz    run every fuzz target for a minute; SECONDS=… for longer
#
# Everything is installed into .venv, .venv-oracle, .venv-arrow, .venv-spark, .venv-s3 and .venv-browser, which are created
# on first use. The only requirements are Python 3.10 or newer, make and a package index. With
# CONSTRAINTS=requirements-ci.txt, the versions that CI tests with are installed instead of the newest.
#
# `make test` and `make check` run as many tests in parallel as there are CPUs and pass ARGS to pytest:
# make test ARGS="-k nan -x". ARGS="-n 0" runs one test at a time.

PYTHON ?= python3
BIN := .venv/bin
ORACLE := .venv-oracle
ARROW := .venv-arrow
SPARK := .venv-spark
S3 := .venv-s3
BROWSER := .venv-browser
# A file's tests run one after the other, so what they share is set up once; files keep their order, for many of the
# last are long ones that balance each other.
PYTEST := $(BIN)/python -m pytest -n auto --maxprocesses 8 --dist loadfile --no-loadscope-reorder
PIP := -m pip --disable-pip-version-check -q

.PHONY: demo check test lint bench docs pictures release-check env oracle arrow spark objects browser clean audit lock fuzz

demo: env
	@rm -rf demo && mkdir demo
	cd demo && ../$(BIN)/swancli demo
	cd demo && ../$(BIN)/swancli project
	cd demo && ../$(BIN)/swancli summary 1
	cd demo && ../$(BIN)/swancli metric 1 train/loss

check: lint
	$(PYTEST) -q -m "not slow and not oracle and not arrow and not objects and not spark and not programs and not browser" $(ARGS)

# Tests marked 'programs' run shells, tmux and man, those marked 'browser' run Chromium, those marked 'spark' Java. If
# these are missing and cannot be installed, the other tests still run; with SYSTEM_PROGRAMS=required, that is an error.
test: env oracle arrow spark objects browser
	@if scripts/system-packages.sh; then exec $(PYTEST) $(ARGS); \
	elif [ "$(SYSTEM_PROGRAMS)" = required ]; then exit 1; \
	else echo "leaving out the tests marked 'programs', 'browser' and 'spark'" >&2; \
	exec $(PYTEST) -m "not programs and not browser and not spark" $(ARGS); fi

lint: env
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# ARGS="--only serve" measures some rows, ARGS="--quick --runs 3" tests the benchmark itself.
bench: env oracle browser
	@command -v wrk >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1 || [ "$$(id -u)" != 0 ] || \
		apt-get install -y -q --no-install-recommends wrk >/dev/null 2>&1 || true
	$(BIN)/python -m benchmarks $(ARGS)

docs: env
	$(BIN)/python -m scripts.make_docs
	$(BIN)/python -m scripts.make_schemas
	$(BIN)/python -m scripts.make_pictures

# The pictures of the page, in Chromium.
pictures: env browser
	$(BIN)/python -m scripts.make_page_pictures

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
arrow: $(ARROW)/.made
spark: $(SPARK)/.made
objects: $(S3)/.made
browser: $(BROWSER)/.made

# pip before 25.1 does not support dependency groups, so pip itself is updated first.
.venv/.made: pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python $(PIP) install --upgrade "pip>=25.1"
	@$(BIN)/python $(PIP) install -e ".[serve,top,s3]" --group dev $(addprefix -c ,$(CONSTRAINTS))
	@touch $@

# The last SwanLab and the last swanboard, which the tests compare with. swancli itself is not installed here.
$(ORACLE)/.made: tests/oracle/requirements.txt
	@test -x $(ORACLE)/bin/python || $(PYTHON) -m venv $(ORACLE)
	@$(ORACLE)/bin/python $(PIP) install -r tests/oracle/requirements.txt
	@touch $@

# What the tests of the extras `arrow`, `sql` and `mcp` need, also on a bucket, with the libraries that read what they write.
$(ARROW)/.made: tests/arrow/requirements.txt pyproject.toml
	@test -x $(ARROW)/bin/python || $(PYTHON) -m venv $(ARROW)
	@$(ARROW)/bin/python $(PIP) install -r tests/arrow/requirements.txt -e ".[arrow,sql,mcp,s3]"
	@touch $@

# PySpark, and swancli for the Python processes that it starts.
$(SPARK)/.made: tests/spark/requirements.txt pyproject.toml
	@test -x $(SPARK)/bin/python || $(PYTHON) -m venv $(SPARK)
	@$(SPARK)/bin/python $(PIP) install -r tests/spark/requirements.txt -e ".[s3]"
	@touch $@

# An S3 on loopback.
$(S3)/.made: tests/objects/requirements.txt
	@test -x $(S3)/bin/python || $(PYTHON) -m venv $(S3)
	@$(S3)/bin/python $(PIP) install -r tests/objects/requirements.txt
	@touch $@

# Playwright's Python package, which drives the system's Chromium. It brings a program of its own, and no browser.
$(BROWSER)/.made: tests/page/requirements.txt
	@test -x $(BROWSER)/bin/python || $(PYTHON) -m venv $(BROWSER)
	@$(BROWSER)/bin/python $(PIP) install -r tests/page/requirements.txt
	@touch $@

clean:
	rm -rf .venv .venv-* demo dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
