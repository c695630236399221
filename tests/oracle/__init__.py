"""The real swanboard beside us: what it needs to be started, and tests that compare live."""
