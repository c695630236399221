"""The plain way to read a metric, to compare with: every line of every slice through json.loads."""

import json
import sys
from pathlib import Path

for path in Path(sys.argv[1]).glob("*.log"):
    with path.open(encoding="utf-8") as file:
        for line in file:
            json.loads(line)
