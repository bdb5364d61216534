# The two commands: make run, make test. The rest is listed by make help.
PYTHON ?= python3
PORT ?= 8000
export PYTHONUTF8 = 1
export ZHIZAO_HOME ?= $(CURDIR)/var

SETUP = @command -v $(PYTHON) >/dev/null || { echo "Set-up stopped: $(PYTHON) is not installed (Debian: apt install python3 python3-venv)." >&2; exit 1; }; \
	$(PYTHON) -B tools/bootstrap.py

.DEFAULT_GOAL := help
.PHONY: help run test setup assets messages journeys bench eval-planlint docs wheel lock clean clean-venv

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Set up what is missing, then serve the demonstration on http://127.0.0.1:8000 (PORT=…)
	$(SETUP) --port $(PORT)
	@exec .venv/bin/zhizao serve --demo --port $(PORT)

test: ## Set up what is missing, then run every check and test that needs no service
	$(SETUP) --dev
	@.venv/bin/python -B tools/check.py

setup: ## Only the environment, with the packages for tests
	$(SETUP) --dev

assets: ## Only the environment and the built scripts and styles
	$(SETUP)

messages: setup ## Bring the message catalogues up to date
	@.venv/bin/python tools/messages.py extract

journeys: setup ## Walk the product in Debian's chromium; pictures go to artefacts/
	@.venv/bin/pytest tests/journeys -m journey

bench: setup ## Run the benchmarks, each against its peer
	@missed=; for file in bench/*.py; do echo "── $$file"; .venv/bin/python "$$file" || missed="$$missed $$file"; done; \
	test -z "$$missed" || { echo "Missed a figure or failed:$$missed"; exit 1; }

eval-planlint: setup ## Measure the plan check: faults in 500 generated plans a family (EVAL_PLANS=…), the real plan's labels
	@.venv/bin/python -m tests.engines.planlint.evaluation

docs: setup ## Build the documentation into build/docs
	@NO_MKDOCS_2_WARNING=1 .venv/bin/mkdocs build --strict --quiet && echo "build/docs/index.html"

wheel: assets ## Build a wheel with the assets and catalogues in it, into dist/
	@rm -rf dist && .venv/bin/hatchling build -t wheel -d dist

COMPILE = @.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate
lock: ## Resolve the dependencies again, keeping every version that still fits
	$(COMPILE) pyproject.toml -o requirements.lock
	$(COMPILE) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	$(COMPILE) tools/requirements-build.in -o tools/requirements-build.lock
	$(COMPILE) tools/requirements-node.in -o tools/requirements-node.lock

clean: ## Remove what was built; the environment and var/ stay
	@rm -rf build dist docs/_build artefacts src/zhizao/base/ui/static/ui/dist frontend/node_modules
	@find src tests tools bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null; find src -name '*.mo' -delete

clean-venv: ## Remove the environment
	@rm -rf .venv
