# Needs Python 3.11 or later and make; everything else goes into .venv.
#
#   make run                 three example companies, looked at and assessed
#   make run CASE=my-case    your own case and its real site
#   make run lang=en         in English (zh in Chinese; without it, your locale)
#   make serve              the web application on this machine, with the examples;
#                            ARGS="--bind 127.0.0.1:8123" for another port
#   make agency              an agency with 300 invented clients, and its board
#   make test                the test suite; ARGS="-k calendar" chooses, CI=true tries all
#   make verify              the sealed example, with nothing installed
#   make golden            what is said of the examples today, to be compared
#   make fuzz                any bytes at all into every parser, for a minute; SECONDS=600
#   make audit               known weaknesses of what the lock file names
#   make release           wheel, sdist, verifiers, SBOM and changes in dist/, with digests
#   make windows           one zip for a Windows desk, after make release
#   make verify-page       verify.html: verify.py in a browser, for a desk without Python
#   make site                the pages of docs/ as a site in build/site, read without a network
#   make check               layout, types, imports, dependencies, catalogue, reference

.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.up-to-date
REFERENCE := docs/reference
language := $(if $(lang),--lang $(lang))

# A tenth of a second when nothing was edited since; see .ci/setup.
COMPILE := $(BIN)/python -m compileall -q src

export UV_PYTHON_DOWNLOADS := never
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup run serve test verify publish release windows verify-page golden fuzz audit check coverage docs \
  docs-check site lock clean

help:
	@sed -n 's/^#   //p' Makefile

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@PYTHON="$(PYTHON)" sh .ci/setup $(VENV)
	@touch $@

run: $(STAMP)
	@$(COMPILE)
ifdef CASE
	@$(BIN)/changqing assess "$(CASE)" $(language) || { code=$$?; \
	  [ $$code -eq 1 ] || exit $$code; \
	  echo; \
	  echo "评估已完成，尚有待办，见上文与报告（changqing退出码1，不是故障）。"; \
	  echo "Assessed; something is still to be done, see above and the report" \
	    "(changqing exit code 1, not a fault)."; }
else
	@$(BIN)/changqing rehearse $(language)
	@echo
	@echo "在浏览器里看和办：make serve"
	@echo "To see and do all of it in a browser: make serve"
endif

# Ctrl-C stops it. WEB is where its cases, accounts and database are kept.
WEB := $(CURDIR)/.changqing
serve: $(STAMP)
	@$(COMPILE)
	@CHANGQING_HOME="$(WEB)" $(BIN)/python -m changqing_web serve --examples examples $(ARGS)

agency: $(STAMP)
	@test -e build/agency || $(BIN)/changqing clients example build/agency $(language)
	@$(BIN)/changqing board build/agency $(language)

# Byte code of tests is kept even where PYTHONDONTWRITEBYTECODE is set: see .ci/setup.
test: export PYTHONDONTWRITEBYTECODE :=
test: $(STAMP)
	@$(BIN)/pytest -rs --numprocesses auto --dist loadfile --no-loadscope-reorder $(ARGS)

# The standard library is enough. 1 means that not all could be checked.
verify:
	@python3 -I examples/sealed/verify.py examples/sealed/bundle.zip.xz $(language) \
	  || [ $$? -eq 1 ]

# Part of a release: verify.py knows the rules of every published edition, and the
# sealed example is made by it.
publish: $(STAMP)
	@$(BIN)/python -m tests.sealing.published_rules
	@$(BIN)/python -m tests.sealing.make_example

# After `make publish`. The wheel carries the compiled catalogue, made by this very code.
release: $(STAMP)
	@rm -rf dist
	@$(BIN)/python -m hatchling build -d dist
	@cp src/changqing/sealing/verify.py dist/
	@$(BIN)/python -m tests.packaging.verify_page dist/verify.html
	@$(BIN)/python -m tests.packaging.release dist
	@cd dist && sha256sum changqing-* verify.* sbom.json CHANGES.md >SHA256SUMS && cat SHA256SUMS

# Some 300 MB of wheels, stored as they are: for a desk without a network.
windows: $(STAMP)
	@$(BIN)/python -m tests.packaging.windows_zip dist

# npm fetches Pyodide, at the version and with the digest that the module names.
verify-page: $(STAMP)
	@$(BIN)/python -m tests.packaging.verify_page dist/verify.html

# What the product says of the examples: read the difference before it is committed.
golden: $(STAMP)
	@$(BIN)/python -m tests.golden.golden
	@CHANGQING_GOLDEN=write $(BIN)/pytest -q tests/web/api/test_api_golden.py
	@$(BIN)/python -m tests.house.test_house
	@git diff --stat -- tests/golden tests/house/known

# The time is divided among all that reads what others wrote; FUZZ chooses.
FUZZ := $(wildcard tests/*/test_*_fuzz.py)
SECONDS := 60
fuzz: $(STAMP)
	@CHANGQING_FUZZ_SECONDS=$(SECONDS) $(BIN)/pytest -q -m fuzz $(FUZZ) $(ARGS)

# Says so, and passes, where the package index has no advisories to give.
audit: $(STAMP)
	@$(BIN)/python -m tests.packaging.audit

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djlint --check --lint --quiet src/changqing_web
	@CHANGQING_SECRET=check $(BIN)/mypy
	$(BIN)/lint-imports
	@$(BIN)/deptry src
	$(BIN)/changqing catalogue check
	@$(MAKE) --no-print-directory docs-check

# Where a silent bug becomes a false statement, every branch is tested: by the shares that
# run at a desk, in one order, so that it never hangs on luck.
coverage: export CI :=
coverage: $(STAMP)
	@$(MAKE) --no-print-directory cover-rules cover-judge
	@$(BIN)/coverage combine -q
	@$(BIN)/coverage report

cover-%:
	@$(BIN)/coverage run --parallel-mode -m pytest -q -p no:randomly --hypothesis-seed=0 \
	  tests/$* $(ARGS)

docs: $(STAMP)
	@$(BIN)/changqing catalogue reference $(REFERENCE)
	@$(BIN)/python -m tests.docs.tour_page
	@$(BIN)/python -m tests.docs.schema_files

docs-check: $(STAMP)
	@$(BIN)/changqing catalogue reference $(REFERENCE) --check

# MkDocs has an environment of its own, made the first time.
SITE := build/site
build/site-env/.up-to-date: pyproject.toml | $(STAMP)
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python build/site-env
	@$(BIN)/uv pip install --quiet --python build/site-env/bin/python --group site
	@touch $@

site: build/site-env/.up-to-date
	@build/site-env/bin/python -m tests.docs.site $(SITE)
	@echo "$(SITE)/index.html"

# Newest versions that are a week old. Commit the result.
lock: $(STAMP)
	@$(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	  --extra all --group dev --generate-hashes --upgrade \
	  --no-annotate --no-header --no-emit-index-url --no-emit-find-links \
	  --output-file requirements.lock

clean:
	rm -rf $(VENV) build dist htmlcov .coverage .mypy_cache .ruff_cache \
	  .pytest_cache .hypothesis .import_linter_cache
