# Two commands: `make run` and `make test`. `make help` lists the rest.
SHELL := /bin/sh
.DEFAULT_GOAL := help
# The first Python that is new enough.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
PACKAGES := protos plugins/api plugins/builtin services/runtime services/registry services/dispatcher services/gateway services/cli
PROTOS := $(shell find protos/hookline -name '*.proto')
CONSOLE := services/gateway/console
PAGES := $(shell find $(CONSOLE) -type f -not -path '*/node_modules/*' -not -path '*/gen/*')
export PATH := $(CURDIR)/$(BIN):$(PATH)
# uv's usual cache, or one in the clone for a user who may not write there.
UV_CACHE_DIR ?= $(shell cache="$${XDG_CACHE_HOME:-$$HOME/.cache}/uv"; at="$$cache"; \
	until test -e "$$at"; do at=$$(dirname "$$at"); done; \
	test -w "$$at" && echo "$$cache" || echo "$(CURDIR)/$(VENV)/.cache/uv")
export UV_CACHE_DIR

# Where the system has certificates of its own, they count: a company's proxy is known there.
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt),)
export UV_SYSTEM_CERTS ?= true
endif

# Runs what follows with the machine's Node.js, or with the one of a wheel where it has none that is new enough.
NODE := $(CURDIR)/$(BIN)/python $(CURDIR)/services/gateway/hatch_build.py

# Tests run in so many processes: much of the time they wait for services that start, and for clocks. 0: in this one.
WORKERS ?= 3

# How long `make fuzz` looks at each of its targets.
FUZZ_SECONDS ?= 60

.PHONY: help
help: ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

# Bytecode is written here, once: where the environment keeps Python from writing it, every start would compile it all.
$(VENV)/.installed: bootstrap.lock requirements.lock
	@test -n "$(PYTHON)" || { echo "Hookline needs Python 3.11 or later on the PATH"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-cache-dir --require-hashes -r bootstrap.lock
	$(UV) pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock
	touch $@

$(VENV)/.packages: $(VENV)/.installed $(addsuffix /pyproject.toml,$(PACKAGES)) protos/hatch_build.py $(PROTOS) services/gateway/hatch_build.py $(PAGES)
	$(UV) pip install --quiet --python $(BIN)/python --no-deps $(addprefix -e ,$(PACKAGES))
	$(BIN)/python -m compileall -q -j 0 $(PACKAGES)
	touch $@

.PHONY: setup
setup: $(VENV)/.packages ## Make .venv with everything pinned, and the stubs

.PHONY: stubs
stubs: $(VENV)/.installed ## Build the Python stubs of the protos anew
	$(BIN)/python protos/hatch_build.py

.PHONY: run
run: setup ## Start everything, publish the sample events, show what happened
	$(BIN)/python -m hookline_cli demo

# What pytest makes of the tests is kept, too, whatever the environment says: it takes longer than to import them.
.PHONY: test
test: setup ## Run the tests
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

.PHONY: screenshots
screenshots: setup ## Take the pictures of the pages in docs/screenshots anew
	$(BIN)/python -m tests.browser.screenshots $(ARGS)

.PHONY: lint
lint: setup stubs ## Check stubs, format, types, import rules and protos
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/buf format --diff --exit-code protos
	$(BIN)/buf lint protos/build/image.binpb --config buf.yaml --path hookline
	$(BIN)/buf breaking protos/build/image.binpb --config buf.yaml --path hookline --against protos/baseline.binpb
	$(MAKE) --no-print-directory lint-console

# The tools that only check are not there from setup, which builds the pages with what they are made of and no more.
$(CONSOLE)/node_modules/.checked: $(CONSOLE)/package-lock.json
	cd $(CONSOLE) && $(NODE) npm ci --no-progress
	touch $@

.PHONY: lint-console
lint-console: setup stubs $(CONSOLE)/node_modules/.checked ## Check types and style of the console's pages, and run the tests of what is pure in them
	cd $(CONSOLE) && $(NODE) node node_modules/@biomejs/biome/bin/biome ci .
	$(BIN)/python $(CONSOLE)/generate_types.py
	cd $(CONSOLE) && $(NODE) node node_modules/typescript/bin/tsc
	cd $(CONSOLE) && $(NODE) node node_modules/vitest/vitest.mjs run

.PHONY: audit
audit: setup ## Look for known vulnerabilities of what is pinned
	$(BIN)/python -m tests.audit

.PHONY: fuzz
fuzz: setup ## Look for inputs that break what reads strangers' bytes, and keep them: FUZZ_SECONDS=60 for each, ARGS='url response'
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r tests/fuzz/atheris.lock
	$(BIN)/python -m tests.fuzz.explore --seconds $(FUZZ_SECONDS) $(ARGS)

.PHONY: check
check: lint audit test ## What CI runs, and whether anything that is pinned is known to be vulnerable

.PHONY: format
format: setup $(CONSOLE)/node_modules/.checked ## Format code and protos
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/buf format -w protos
	cd $(CONSOLE) && $(NODE) node node_modules/@biomejs/biome/bin/biome check --write .

.PHONY: baseline
baseline: stubs ## At a release: the contract that later changes must not break
	cp protos/build/image.binpb protos/baseline.binpb

.PHONY: lock
lock: setup ## Renew requirements.lock after a change of dependencies
	$(UV) lock --upgrade
	$(UV) export --all-packages --no-emit-workspace --no-header --output-file requirements.lock > /dev/null
	printf 'uv==%s\n' "$$($(UV) --version | cut -d' ' -f2)" | $(UV) pip compile --quiet --no-header --no-annotate --generate-hashes - --output-file bootstrap.lock
	printf 'atheris\n' | $(UV) pip compile --quiet --upgrade --no-header --no-annotate --generate-hashes - --output-file tests/fuzz/atheris.lock

.PHONY: clean
clean: ## Remove everything that was built
	rm -rf $(VENV) protos/build .run .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
