# The same names as run.py's commands; everything is defined there. Arguments: make test ARGS="-k progress -x"
PYTHON ?= python3

.PHONY: run test check bench manage reset

run test check bench manage reset:
	$(PYTHON) run.py $@ $(ARGS)
