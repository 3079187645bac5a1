# Everything is set up in .venv; nothing is installed outside of it. The second time nothing is left to do.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
UV     := uv==0.13.9
# Tests wait as much as they work: one process more than there are cores.
WORKERS = $(shell $(BIN)/python -c "import os; print((os.cpu_count() or 1) + 1)")

.PHONY: help chat run documents test bench crash lock clean
help: ## Show this
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

chat: $(VENV)/ready ## Talk to the desk in the terminal: no key, no account
	@$(BIN)/frontdesk chat

run: $(VENV)/ready ## Serve every platform whose tokens are set in .env
	@$(BIN)/frontdesk run

documents: $(VENV)/ready-for-documents ## Read PDF, Word, PowerPoint and Excel files among the articles, too

# The type checker takes one core. Meanwhile the other compiles the tests, once for all the processes that run
# them; for that Python must write down what it compiles. What is wrong with a test is told when it is run.
test: export PYTHONDONTWRITEBYTECODE =
test: $(VENV)/ready-to-test ## Run the linter, the type checker and all tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pytest --collect-only >/dev/null 2>&1 & $(BIN)/mypy; found=$$?; wait; exit $$found
	$(BIN)/pytest --numprocesses $(WORKERS) --dist worksteal

lock: $(VENV)/uv ## Resolve the newest versions that pyproject.toml allows, with their hashes
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --upgrade \
	  --custom-compile-command 'make lock' --python-version 3.11 pyproject.toml --extra semantic --group build \
	  -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --upgrade \
	  --custom-compile-command 'make lock' --python-version 3.11 -c requirements.txt \
	  pyproject.toml --extra documents -o requirements-documents.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --upgrade \
	  --custom-compile-command 'make lock' --python-version 3.11 -c requirements.txt -c requirements-documents.txt \
	  pyproject.toml --extra semantic --extra documents --group build --group dev -o requirements-dev.txt

bench: $(VENV)/ready-to-test ## Measure against minimal bots on the same libraries (takes a while)
	$(BIN)/python -m tests.bench
	$(BIN)/python -m tests.bench.knowledge

crash: $(VENV)/ready-to-test ## Kill the process 500 times and count what was lost or said twice (about half an hour)
	$(BIN)/python -m tests.crash.long --kills 500

clean: ## Remove what was set up (conversations in data/ stay)
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info build

$(VENV)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Frontdesk needs Python 3.11 or later. Name one: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "Python's venv module is missing. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check '$(UV)'
	@touch $@

$(VENV)/ready: requirements.txt pyproject.toml | $(VENV)/uv
	@echo "Setting up (once) …"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/ready-for-documents: requirements-documents.txt $(VENV)/ready
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-documents.txt
	@touch $@

$(VENV)/ready-to-test: requirements-dev.txt $(VENV)/ready
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.txt
	@touch $@
