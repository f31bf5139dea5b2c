# Any Python that runs will do to start dev.py, which finds or fetches the one that Sluice needs.
PYTHON := $(shell for name in python3 /usr/bin/python3 python3.14 python3.13 python3.12 python; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null && { echo "$$name"; break; }; done)

.PHONY: env run test lint bench

env run test lint bench:
	@$(if $(PYTHON),,$(error Sluice needs a Python 3 with pip to start: install python3 and python3-pip))$(PYTHON) dev.py $@ $(ARGS)
