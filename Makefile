# Two commands are enough for most people: `make lab` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LEARNER := $(VENV)/.installed-for-learning
STAMP := $(VENV)/.installed
LITE := .venv-lite
TEST_JOBS ?= 2
# What takes long: a grader that is killed twenty times, a cluster, a real nbgrader, Gradescope's container.
CLASS := $(addprefix classroom/test_,killed.py pool_killed.py cluster.py steady.py real_nbgrader.py gradescope_archive.py)
# What has a target of its own, and does not belong to `make test`.
APART := browser evening site grading/test_ordinary_user.py grading/test_forbid.py $(CLASS)
# The arithmetic that stored outputs were computed with: dlcourse/authoring/processor.py says why.
PROCESSOR := OPENBLAS_CORETYPE=Haswell NPY_DISABLE_CPU_FEATURES="X86_V4 AVX512_ICL AVX512_SPR"
export OPENBLAS_NUM_THREADS ?= 1
export OMP_NUM_THREADS ?= 1

.PHONY: help lab doctor test test-notebooks test-library test-grading test-hostile test-class test-evening test-parity test-browser test-site site lite bench bench-grading notebooks release check-generated lint types format clean

help:  ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## */\t/' | expand -t 18

# Once; pip comes last, so that a place half made is made again. A newer pip than Python's own installs in three quarters of the time.
$(BIN)/pip:
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(f"dlcourse needs Python 3.11 or newer, and {sys.executable} is {v[0]}.{v[1]}: say make PYTHON=python3.12, say") if v < (3, 11) else None'
	@echo "==> Making a place for Python packages, $(VENV) (once)"
	@$(PYTHON) -m venv $(VENV) || { \
		rm -rf $(VENV); echo "Python has no venv module here. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@command -v uv >/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip || true

# uv needs a fifth of the time, where it is there; pip always is. Compiling it all would
# take as long again: what is used is compiled when it is first used.
INSTALL = { command -v uv >/dev/null && uv pip install --python $(BIN)/python -c constraints.txt -e '$(WANTED)'; } || \
	$(BIN)/python -m pip install --disable-pip-version-check --no-compile -c constraints.txt -e '$(WANTED)'

# Built anew only when what they are built from has changed: a second call of any target costs nothing here.
$(LEARNER): WANTED := .
$(LEARNER): pyproject.toml constraints.txt | $(BIN)/pip
	@echo "==> Installing dlcourse and what it needs into $(VENV) (once; less than a minute)"
	@$(INSTALL)
	@touch $@

$(STAMP): WANTED := .[dev,browser]
$(STAMP): pyproject.toml constraints.txt | $(BIN)/pip
	@echo "==> Installing dlcourse and its tools into $(VENV) (once; a minute or two)"
	@$(INSTALL)
	@touch $@ $(LEARNER)

# What the site alone needs. JupyterLite has an environment of its own: the course's JupyterLab would load its parts as well.
$(VENV)/.installed-site: $(STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[site]'
	@touch $@

$(LITE)/.installed: constraints.txt
	@$(PYTHON) -m venv $(LITE)
	@$(LITE)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt \
		jupyterlite-core jupyterlite-pyodide-kernel jupyter_server jupyterlab_widgets anywidget
	@touch $@

lab: $(LEARNER)  ## Open JupyterLab on the lessons
	@echo "==> Starting JupyterLab (stop it with Ctrl-C)"
	@$(BIN)/dlcourse lab

doctor:  ## Say what is wrong with this installation, and how to mend it
	@if test -x $(BIN)/python; then $(BIN)/python dlcourse/doctor; else $(PYTHON) dlcourse/doctor; fi

test: $(STAMP)  ## Every test that needs no browser
	@echo "==> 1 of 2: library, checks, grader, command line, explorers ($(TEST_JOBS) at a time)"
	@$(BIN)/python -m pytest -q -n $(TEST_JOBS) --dist loadgroup --doctest-modules dlcourse tests $(addprefix --ignore=tests/,$(APART))
	@echo "==> 2 of 2: every lesson runs from top to bottom and gives what it shows (nbval, strict)"
	@$(MAKE) --no-print-directory test-notebooks

test-notebooks: $(STAMP)  ## Run the lessons and compare with what is stored
	@TQDM_DISABLE=1 $(PROCESSOR) $(BIN)/python -m pytest -q -n $(TEST_JOBS) --dist loadscope --nbval -p no:python --nbval-current-env lessons/*.ipynb

test-library: $(STAMP)  ## The library alone
	@$(BIN)/python -m pytest -q -n $(TEST_JOBS) --doctest-modules dlcourse tests/library

test-grading: $(STAMP)  ## Checks and grader alone
	@DLCOURSE_FUZZ=100000 $(BIN)/python -m pytest -q -n $(TEST_JOBS) --dist loadgroup tests/checks tests/grading tests/authoring

test-hostile: $(STAMP)  ## 100,000 damaged files instead of 10,000; ways around "write it yourself"; every attack as an ordinary user
	@DLCOURSE_FUZZ=100000 $(BIN)/python -m pytest -q -n $(TEST_JOBS) tests/grading/test_fuzz.py
	@$(BIN)/python -m pytest -q -n $(TEST_JOBS) --dist worksteal tests/grading/test_forbid.py
	@$(BIN)/python -m pytest -q tests/grading/test_ordinary_user.py

test-evening: $(STAMP)  ## The evening that the README shows, command by command, on a class of 300
	@$(BIN)/python -m pytest -q tests/evening

test-parity: $(STAMP)  ## The library against PyTorch, number by number (installs PyTorch for it)
	@$(BIN)/python -c 'import torch' 2>/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check 'torch==2.13.0'
	@$(BIN)/python -m pytest -q -n $(TEST_JOBS) tests/library/test_torch_parity*.py

test-class: $(STAMP)  ## A grader that is killed, a cluster, a real nbgrader, Gradescope's container
	@$(BIN)/python -m pytest -q -n $(TEST_JOBS) --dist loadfile $(addprefix tests/,$(CLASS))

bench: $(STAMP)  ## Speed against PyTorch (where it is installed), scikit-learn and plain NumPy, as one table
	@$(BIN)/python tests/benchmarks/speed.py

bench-grading: $(STAMP)  ## Seconds a submission, beside nbgrader's; 1,000 submissions through
	@$(BIN)/python tests/benchmarks/grading.py

# Where milliseconds are measured, nothing runs beside it; no exercise is timed.
test-browser: $(STAMP)  ## JupyterLab in Chromium
	@$(BIN)/python -m pytest -q tests/browser --ignore=tests/browser/test_exercises.py
	@$(BIN)/python -m pytest -q -n $(TEST_JOBS) --dist worksteal tests/browser/test_exercises.py

test-site: $(VENV)/.installed-site $(LITE)/.installed  ## Build site and JupyterLite, read them in Chromium without a network (needs npm)
	@$(BIN)/python -m pytest -q tests/site

site: $(VENV)/.installed-site  ## The course as static pages in build/site, which need no other host (needs npm)
	@$(BIN)/python -m dlcourse.authoring.site

lite: $(VENV)/.installed-site $(LITE)/.installed  ## JupyterLite in build/site/lite, and the pages' links to it
	@$(BIN)/python -m dlcourse.authoring.site.lite --jupyter $(LITE)/bin/jupyter
	@$(BIN)/python -m dlcourse.authoring.site

notebooks: $(STAMP)  ## Rebuild lessons/ and solutions/ from their sources, then exercises/
	@$(BIN)/python -m dlcourse.authoring.notebooks
	@$(BIN)/dlcourse release

release: $(STAMP)  ## Regenerate exercises/ from solutions/
	@$(BIN)/dlcourse release

check-generated: $(STAMP)  ## Fail if a generated file differs from what its source gives
	@$(BIN)/python -m dlcourse.authoring.notebooks --check
	@$(BIN)/dlcourse release --check
	@$(BIN)/dlcourse verify

lint: $(STAMP)  ## ruff, notebooks included
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: $(STAMP)  ## mypy --strict
	@$(BIN)/mypy

format: $(STAMP)  ## Let ruff format everything
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

clean:  ## Remove the virtual environment and caches
	rm -rf $(VENV) $(LITE) .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis .browser-output dist build
