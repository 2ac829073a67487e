# One command for each thing. `make` or `make help` lists them.

PYTHON ?= python3
# Worker processes of pytest: "auto" takes every processor, 0 runs the tests one after another.
JOBS ?= auto

VENV := .venv
DEMO := .venv-demo
COMPILED := .venv-compiled
BUILD := build
BIN := $(VENV)/bin
COMPILED_BIN := $(CURDIR)/$(COMPILED)/bin

# What is type-checked and linted: those of our folders that exist.
CODE := $(wildcard zokio spec pytest_zokio tests proofs examples benchmarks assurance)
SOURCES := $(shell find zokio spec pytest_zokio -type f -not -name '*.pyc' 2>/dev/null)
# What the compiled build is tested with. zokio/ is not among it: it comes from site-packages.
TESTED := $(wildcard pyproject.toml spec tests proofs examples benchmarks assurance)

INSTALL = -m pip install --quiet --disable-pip-version-check
PARALLEL = -n $(JOBS) --dist worksteal
# `make model` checks these machines, too; that their pages are those of the machines takes a while.
LARGE_PAGES := $(foreach machine,workers blocking_pool \
	blocking_runs mpsc stream_halves cancellation_token timers cancel_scopes registration http_connection \
	scheduler surroundings join tls_stream join_set rendezvous shutdown,\
	"tests/spec/test_machines.py::test_the_specification_holds_and_its_page_says_how_large_it_is[$(machine)]")
# What `make test` has no time for: every transition of every machine, and the measuring of the
# assurance case, whose parts have faster tests of their own.
THOROUGH := tests/mutants/test_mutants.py tests/model/test_every_transition.py \
	tests/assurance/test_spec_mutation.py tests/assurance/test_runtime_mutation.py \
	tests/assurance/test_workers_mutation.py \
	tests/assurance/test_large_machines.py::test_every_large_configuration_holds_to_its_last_state \
	tests/assurance/test_traces.py tests/assurance/test_planted_bugs.py \
	tests/docs/test_walkthrough.py tests/scheduler/test_wrong_orders.py \
	tests/assurance/test_replay.py::test_every_edge_of_the_small_machines_is_replayed \
	$(LARGE_PAGES) \
	tests/stateful/test_blocking_pool.py::test_the_real_pool_can_take_the_transitions_of_the_machine \
	tests/explore/test_litmus.py::test_drawn_programs_have_the_results_that_brute_force_finds \
	"tests/explore/test_litmus.py::test_the_reduction_leaves_out_no_result_within_a_bound[locked_update-2]" \
	tests/assurance/test_interleavings.py::test_the_fast_part_measures_programs_and_races \
	tests/assurance/test_mutation_operators.py::test_every_mutant_of_the_runtime_compiles_and_has_a_name_of_its_own \
	tests/mutants/test_mechanism.py \
	"tests/explore/test_litmus.py::test_the_reduction_leaves_out_no_result_within_a_bound[parked_consumer-2]" \
	"tests/explore/test_workers.py::test_drawn_schedules_find_nothing_either[3]"
# What the compiled build is tested with: all that runs the kernel, and the machines of the kernel with
# a few of those above it. The rest reads sources or docs, or runs on the same kernel.
MACHINES_ON_COMPILED := $(patsubst %,tests/stateful/test_%.py,task scheduler timers registration cancel_scopes \
	join shutdown blocking_pool mutex mpsc select tls_stream stream_halves \
	websocket_close)
ON_COMPILED := $(addprefix tests/,core scheduler timers reactor net runtime time sync metrics \
	test_errors.py test_public_api.py) $(MACHINES_ON_COMPILED)
# What runs with every number of workers: all that runs a runtime and that users see.
ON_WORKERS := $(addprefix tests/,core scheduler reactor timers runtime dns net http http_client time sync \
	metrics blocking watchdog examples test_errors.py test_public_api.py)
# And what `make test` has time for.
ON_WORKERS_FAST := $(addprefix tests/,net/conformance net/test_tcp_stream.py time examples \
	dns/test_resolver.py http/test_curl.py runtime/test_group.py runtime/test_select.py)
TEST_EXTRAS := cli,http,dns,test,bench

# Run from a folder without zokio/, Python finds the compiled one in site-packages.
define copy_tests
	@rm -rf $(BUILD)/compiled-tests && mkdir -p $(BUILD)/compiled-tests
	@cp -R $(TESTED) $(BUILD)/compiled-tests/
endef

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo check format test unit few-workers test-workers assurance docs stateful fuzz proofs all-proofs planted planted-kernel mutants thorough \
	model bench scale compiled test-compiled bench-compiled test-all clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(DEMO)/.stamp ## Install zokio in an environment of its own and run `zokio demo` (under 30 s)
	@$(DEMO)/bin/zokio demo

check: $(VENV)/.stamp ## Fast: ruff, mypy --strict, import layers, architecture rules
	@echo "== ruff" && $(BIN)/ruff check $(CODE) setup.py && $(BIN)/ruff format --check $(CODE) setup.py
	@echo "== mypy --strict" && $(BIN)/mypy $(CODE)
	@echo "== import layers" && $(BIN)/lint-imports --no-logo
	@echo "== architecture" && $(BIN)/python -m pytest -q tests/test_architecture.py tests/test_architecture_rules.py

format: $(VENV)/.stamp ## Let ruff format the code and mend what it can
	@$(BIN)/ruff format $(CODE) setup.py && $(BIN)/ruff check --fix $(CODE) setup.py

test: check unit few-workers model planted-kernel proofs ## Everything: check, tests with coverage >= 95 %, zokio check, planted bugs, proofs
	@echo "== all passed"

unit: $(VENV)/.stamp ## The tests, with branch coverage of zokio/ and spec/ gated at 95 %
	@echo "== tests" && $(BIN)/python -m pytest -q $(PARALLEL) --cov --cov-report=term \
		$(addprefix --deselect ,$(THOROUGH))

few-workers: $(VENV)/.stamp ## What is quick of test-workers, on 4 workers
	@echo "== tests, 4 workers"
	@ZOKIO_TEST_WORKERS=4 $(BIN)/python -m pytest -q $(PARALLEL) $(ON_WORKERS_FAST)

test-workers: $(VENV)/.stamp ## The tests of all that runs a runtime, on 1, 2 and 4 workers
	@for workers in 1 2 4; do echo "== tests, workers=$$workers"; \
		ZOKIO_TEST_WORKERS=$$workers $(BIN)/python -m pytest -q $(PARALLEL) $(ON_WORKERS) || exit 1; \
	done

thorough: $(VENV)/.stamp ## The tests that take minutes and that `make test` leaves out
	@$(BIN)/python -m pytest -q $(PARALLEL) $(THOROUGH)

model: $(VENV)/.stamp ## Model-check the specifications (zokio check)
	@echo "== zokio check" && $(BIN)/zokio check

docs: $(VENV)/.stamp ## Make the pages of docs/spec from the specifications
	@$(BIN)/zokio check --page docs/spec

proofs: $(VENV)/.stamp ## CrossHair contracts and the z3 proofs of task and timers, each with its twins
	@echo "== proofs" && $(BIN)/python -m pytest -q $(PARALLEL) proofs -k "not scheduler and not shutdown"

all-proofs: $(VENV)/.stamp ## Also the z3 proofs of the scheduler and the shutdown, which take minutes
	@echo "== proofs" && $(BIN)/python -m pytest -q $(PARALLEL) proofs

stateful: $(VENV)/.stamp ## The stateful tests, long: HYPOTHESIS_PROFILE=long
	@HYPOTHESIS_PROFILE=long $(BIN)/python -m pytest -q $(PARALLEL) --timeout=0 tests/stateful

fuzz: $(VENV)/.stamp ## Drawn bytes for the HTTP server and client, long: HYPOTHESIS_PROFILE=long
	@HYPOTHESIS_PROFILE=long $(BIN)/python -m pytest -q $(PARALLEL) --timeout=0 \
		tests/http/test_fuzz.py tests/http_client/test_fuzz.py

assurance: $(VENV)/.stamp ## Measure the whole assurance case (under 30 minutes) and write docs/assurance.md
	@$(BIN)/python -m assurance

planted: $(VENV)/.stamp ## The planted bugs, each in a fork of one process: each must be caught
	@mkdir -p $(BUILD) && echo "== planted bugs"
	@$(BIN)/python -m assurance.planted_bugs > $(BUILD)/planted-bugs.json

planted-kernel: $(VENV)/.stamp ## Those of the kernel: tasks, scheduler, timers, registrations, scopes, join, shutdown
	@mkdir -p $(BUILD) && echo "== planted bugs of the kernel"
	@$(BIN)/python -m assurance.planted_bugs --fast > $(BUILD)/planted-bugs.json

mutants: $(VENV)/.stamp ## The planted bugs, each in a process of its own, one after another
	@$(BIN)/python -m pytest -v tests/mutants

bench: $(VENV)/.stamp ## zokio against asyncio, uvloop, rloop and trio: a table, JSON and PNG in build/
	@mkdir -p $(BUILD)
	@$(BIN)/python -m benchmarks --json $(BUILD)/benchmarks.json --png $(BUILD)/benchmarks.png

scale: $(VENV)/.stamp ## Open connections, such that come and go, a million registrations: tables, JSON, PNG in build/
	@mkdir -p $(BUILD)
	@$(BIN)/python -m benchmarks.connections --json $(BUILD)/connections.json --png $(BUILD)/connections.png
	@$(BIN)/python -m benchmarks.connections --churn 100000 --json $(BUILD)/churn.json
	@$(BIN)/python -m benchmarks.million --json $(BUILD)/million.json

compiled: $(COMPILED)/.stamp ## Build the kernel with mypyc into .venv-compiled
	@cd $(BUILD) && $(COMPILED_BIN)/python -c 'import zokio; print("zokio.compiled is", zokio.compiled)'

test-compiled: compiled ## Run what uses the kernel on the compiled build
	$(copy_tests)
	@echo "== tests, compiled" && cd $(BUILD)/compiled-tests && \
		ZOKIO_EXPECT_COMPILED=1 $(COMPILED_BIN)/python -m pytest -q $(PARALLEL) $(ON_COMPILED)

bench-compiled: compiled ## The same benchmarks on the compiled build
	$(copy_tests)
	@cd $(BUILD)/compiled-tests && $(COMPILED_BIN)/python -m benchmarks \
		--json ../benchmarks-compiled.json --png ../benchmarks-compiled.png

test-all: ## Run the tests on every installed Python of 3.11, 3.12 and 3.13
	@.ci/test-all

clean: ## Remove what was built, and the environments that this file made
	@rm -rf $(BUILD) dist *.egg-info .coverage .coverage.* .hypothesis .import_linter_cache \
		.mypy_cache .pytest_cache .ruff_cache $(DEMO) $(COMPILED) .venv-3.*
	@if [ -e $(VENV)/.stamp ]; then rm -rf $(VENV); fi
	@find zokio spec pytest_zokio tests proofs examples benchmarks -name __pycache__ -prune \
		-exec rm -rf {} + 2>/dev/null || true

# The environments. A stamp says that the installation ended well; it is older than what it was
# made from when it has to be made again.

$(VENV)/.stamp: pyproject.toml setup.py
	@echo "== environment $(VENV)"
	@$(PYTHON) .ci/require_python.py
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python $(INSTALL) --editable '.[$(TEST_EXTRAS)]'
	@touch $@

# Installed from a fresh copy of the sources: nothing stale gets in from an earlier build, and no
# extension module lands in zokio/, where it would shadow its .py file.
define copy_sources
	@rm -rf $(BUILD)/$(1) && mkdir -p $(BUILD)/$(1)
	@cp -R pyproject.toml setup.py README.md LICENSE zokio spec pytest_zokio $(BUILD)/$(1)/
endef

$(DEMO)/.stamp: pyproject.toml setup.py $(SOURCES)
	@echo "== environment $(DEMO)"
	@$(PYTHON) .ci/require_python.py
	@test -x $(DEMO)/bin/python || $(PYTHON) -m venv $(DEMO)
	$(call copy_sources,demo)
	@$(DEMO)/bin/python $(INSTALL) --force-reinstall '$(BUILD)/demo[cli]'
	@touch $@

$(COMPILED)/.dependencies: pyproject.toml setup.py
	@echo "== environment $(COMPILED)"
	@$(PYTHON) .ci/require_python.py
	@test -x $(COMPILED)/bin/python || $(PYTHON) -m venv $(COMPILED)
	$(call copy_sources,compiled)
	@$(COMPILED)/bin/python $(INSTALL) --upgrade wheel '$(BUILD)/compiled[$(TEST_EXTRAS)]'
	@touch $@

$(COMPILED)/.stamp: $(COMPILED)/.dependencies $(SOURCES)
	@echo "== mypyc"
	$(call copy_sources,compiled)
	@ZOKIO_COMPILE=1 $(COMPILED)/bin/python $(INSTALL) \
		--force-reinstall --no-deps --no-build-isolation $(BUILD)/compiled
	@touch $@
