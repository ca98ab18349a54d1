# Two commands matter: `make compare` and `make test`. Everything is installed into .venv, once.
#
#   PYTHON=python3.12 make compare      with another Python (3.11 or newer)
#   make compare ARGS="queue pool -r 3" with other arguments of `crossover compare`
#   SYSTEM=0 make compare               never install a system package

PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
PINNED := pyproject.toml constraints.txt .ci/install .ci/requirements.py

# two at once must not install at the same time
LOCKED := $(if $(shell command -v flock),flock .make.lock) $(MAKE) -s --no-print-directory

# the servers that the comparison starts for itself; where they cannot be had, their transports are skipped
SERVERS := .ci/system redis-server:redis-server /usr/lib/rabbitmq/bin/rabbitmq-server:rabbitmq-server memcached:memcached

# what the tests of the page need
BROWSER := .ci/system chromium:chromium

.PHONY: compare test test-long conformance test-compose test-lowest test-page lint bench mutants docs claims pictures up down servers browser upgrade clean

compare:
	@$(LOCKED) .venv/.run servers
	@mkdir -p reports
	@$(BIN)/crossover compare --json reports/compare.json $(ARGS)

# hundreds of commands are started, each of which would compile what it imports; pytest keeps its rewritten assertions, too
# test-long has those that take over 0.75 seconds of CPU time, or seconds over all transports: most of the CPU time of all
# six at once: many tests wait for processes and servers, and each of the six has to collect them all, which takes ten seconds
test: PART := not long
test-long: PART := long
test test-long:
	@$(LOCKED) .venv/.dev servers
	@$(BIN)/python -m compileall -q brokers crossover local_ipc workloads
	@$(LOCKED) .venv/.rewritten
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/pytest -n 6 --dist worksteal -m "$(PART)" --ignore tests/compose --ignore tests/page --ignore tests/fuzz $(ARGS)

# pytest rewrites the assertions of each file before it is first imported: once here, and not in each of the six
.venv/.rewritten: $(shell find tests -name '*.py') | .venv/.dev
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/pytest -q --collect-only tests >/dev/null || true
	@touch $@

# in a real browser; screenshots are kept in reports/
test-page:
	@$(LOCKED) .venv/.dev browser
	@mkdir -p reports
	@$(BIN)/pytest -n 2 --dist worksteal tests/page $(ARGS)

# 100,000 messages and 500 result files, damaged: the same ones each time
test-fuzz:
	@$(LOCKED) .venv/.dev
	@$(BIN)/pytest -n 2 tests/fuzz $(ARGS)

# CPython's own tests of executors, against ours over every transport: about three minutes, most of which they sleep;
# they come with the interpreter, or as Debian's libpython3.*-testsuite
conformance:
	@$(LOCKED) .venv/.dev
	@PYTHONPATH=. $(BIN)/python .ci/conformance $(ARGS)

# a project for each file of tests, at the same time: they wait for containers most of the time
test-compose:
	@$(LOCKED) .venv/.dev
	@$(BIN)/pytest -n 3 --dist loadfile tests/compose $(ARGS)

# everything in containers: usable when it returns; the reports are the caller's
up:
	@grep -qs '^CROSSOVER_USER=' .env || printf '\nCROSSOVER_USER=%s:%s\n' "$$(id -u)" "$$(id -g)" >>.env
	@docker compose up --detach --wait --build

# removes what `make up` has made: containers, passwords, data, the images that were built
down:
	@docker compose --profile '*' down --volumes --rmi local

# the wheel with the lowest versions that pyproject.toml allows, in an environment of its own
test-lowest:
	@$(LOCKED) servers
	@.ci/lowest

lint:
	@$(LOCKED) .venv/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

bench:
	@$(LOCKED) .venv/.run servers
	@$(BIN)/python benchmarks/overhead.py $(ARGS)
	@$(BIN)/python benchmarks/producer_process.py
	@$(BIN)/python benchmarks/memory.py
	@$(BIN)/python benchmarks/ledger.py
	@$(BIN)/python benchmarks/verdict.py
	@$(BIN)/python benchmarks/journal.py
	@$(BIN)/python benchmarks/executors
	@$(BIN)/python benchmarks/startup.py
	@$(BIN)/python benchmarks/unused_input.py
	@$(BIN)/python benchmarks/pacer.py
	@$(BIN)/python benchmarks/latencies.py
	@$(BIN)/python benchmarks/page.py

# plants small faults, one at a time, and lists those that no test notices: a sample of all modules takes about 20 minutes;
# make mutants ARGS="crossover/analysis/verdict.py" plants all those of one module or folder;
# with --record before it, its figures are kept in benchmarks/mutants/figures.md
mutants:
	@$(LOCKED) .venv/.dev servers
	@$(BIN)/python benchmarks/mutants $(ARGS)

# the documents as a static site in site/: links are checked, nothing in it makes a request to another host
docs:
	@$(LOCKED) .venv/.docs
	@$(BIN)/zensical build --strict --clean
	@$(BIN)/python docs/scripts/check_site.py site

# measures again what is kept in docs/results, each with the command that its result names, and draws it; the machine
# should be idle: it takes about 20 minutes
#   make results ARGS="compare scale"   only these; ARGS=examples: those that docs/guides/reading-results.md explains
results:
	@$(LOCKED) .venv/.dev servers
	@$(BIN)/python docs/scripts/measure_results.py $(ARGS)
	@$(MAKE) -s --no-print-directory pictures

# checks what is said by experiment, and writes docs/claims.md and the pages of its themes; the machine should be idle: it
# takes about a minute
claims:
	@$(LOCKED) .venv/.dev servers
	@$(BIN)/python docs/scripts/measure_results.py claims
	@mkdir -p docs/pictures/claims && $(BIN)/crossover report docs/results/claims.json --charts docs/pictures/claims >/dev/null
	@$(BIN)/python docs/scripts/claims_pages.py

# pictures and tables of README and docs, from results of real runs that are kept in docs/results
pictures:
	@$(LOCKED) .venv/.dev browser
	@set -e; for result in docs/results/*.json; do folder=docs/pictures/$$(basename $$result .json); mkdir -p $$folder; \
		$(BIN)/crossover report $$result --charts $$folder >/dev/null; done
	@set -e; for script in claims_pages output_blocks terminal_picture page_picture architecture_pictures; do \
		$(BIN)/python docs/scripts/$$script.py; done

servers:
	@$(SERVERS) || echo "their transports will be skipped" >&2

browser:
	@$(BROWSER) || echo "the page will not be tested" >&2

.venv/bin/python:
	@PYTHON="$(PYTHON)" .ci/venv .venv

.venv/.run: $(PINNED) | .venv/bin/python
	@echo "installing crossover into .venv" >&2
	@.ci/install .venv report
	@touch $@

.venv/.docs: $(PINNED) | .venv/bin/python
	@echo "installing what builds the documents into .venv" >&2
	@.ci/install .venv docs
	@touch $@

.venv/.dev: $(PINNED) | .venv/bin/python
	@echo "installing crossover and what its tests need into .venv" >&2
	@.ci/install .venv dev
	@touch $@ .venv/.docs .venv/.run

# uv writes constraints for all Pythons and machines at once; nothing else here needs it
upgrade: .venv/bin/python
	@rm -rf .venv/upgrade && $(PYTHON) -m venv .venv/upgrade && .venv/upgrade/bin/pip install --quiet uv
	@$(BIN)/python .ci/requirements.py declared all | .venv/upgrade/bin/uv pip compile --quiet \
		--upgrade --universal --python-version 3.11 --fork-strategy fewest --generate-hashes --no-header --output-file .venv/constraints -
	@{ sed -n 1p constraints.txt; cat .venv/constraints; } >.venv/upgrade.txt && mv .venv/upgrade.txt constraints.txt
	@rm -rf .venv/upgrade .venv/constraints

clean:
	rm -rf .venv .venv-lowest
