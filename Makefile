# Two commands do everything: `make demo` and `make test`. Both set up what they need first.

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
BIN := .venv/bin
WORKERS ?= 4

.PHONY: demo test test-thorough check quick kill-test test-statistics simulate attack bench pictures lock page clean

demo: .make/dev
	$(BIN)/unranked demo

test: .make/dev
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup

# The same with 400 generated inputs for each rule, in place of 25, and what is too dear for every
# change: a story told twice, faults one by one, all services on PostgreSQL. About half an hour.
test-thorough: .make/dev
	UNRANKED_TEST_EXAMPLES=400 $(BIN)/pytest -n $(WORKERS) --dist loadgroup -m "long or not long"

quick: .make/dev
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup -m "not slow"

# Everything that can be said about the code without running the product.
check: .make/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# 200 kills of a sender at random moments; `make test` has 6 of them.
kill-test: .make/dev
	UNRANKED_TEST_KILLS=200 $(BIN)/pytest -n 0 --timeout 3600 tests/services/test_services_kill.py

# How often the intervals and words of a summary are right, for 20,000 simulated people in each cell;
# `make test` has 400 of them.
test-statistics: .make/dev
	UNRANKED_TEST_RUNS=20000 $(BIN)/pytest -n $(WORKERS) --timeout 3600 tests/statistics

# A year of a made-up company with everything that can go wrong, and campaigns whose truth is planted;
# about two hours in full. `make test` has a small company and a few dozen campaigns.
SIMULATE_PEOPLE ?= 100000
SIMULATE_CAMPAIGNS ?= 2000
SIMULATE_SEED ?= 1
SIMULATE_DATABASE ?= sqlite

simulate: .make/dev
	$(BIN)/python tests/simulation --people $(SIMULATE_PEOPLE) --campaigns $(SIMULATE_CAMPAIGNS) \
		--seed $(SIMULATE_SEED) --database $(SIMULATE_DATABASE)

# Two managers who put a year of digests together, in ten thousand made-up organisations, and what
# they find out: a quarter of an hour. `make test` has thirty. What was measured stands in
# docs/privacy.md: `make attack ATTACK_WRITE="--write docs/privacy.md"` puts it there.
ATTACK_ORGANISATIONS ?= 10000
ATTACK_SEED ?= 1
ATTACK_WRITE ?=

attack: .make/dev
	$(BIN)/python tests/attack --organisations $(ATTACK_ORGANISATIONS) --seed $(ATTACK_SEED) $(ATTACK_WRITE)

# What it costs, as ratios within one run, on SQLite and PostgreSQL; about half an hour in full.
BENCH_ROWS ?= 1000000
BENCH_PEOPLE ?= 200000

bench: .make/dev
	$(BIN)/python tests/bench --rows $(BENCH_ROWS) --people $(BENCH_PEOPLE)

# The README's pictures, taken from the playground with the machine's Chromium.
pictures: .make/dev
	$(BIN)/python tests/pictures.py

# Every version and its hash, for all platforms. Needs `uv`.
lock:
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --extra postgres pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --extra postgres --extra strict --group dev pyproject.toml -o requirements-dev.txt

# What draws Block Kit on the playground's page. Needs Node; what it makes is committed.
page:
	cd unranked/demo/page/source && npm ci --silent && node build.mjs

.make/dev: requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11."; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@mkdir -p .make && touch $@

clean:
	rm -rf .venv .make build dist *.egg-info
