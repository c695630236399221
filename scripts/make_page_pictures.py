"""Take the pictures of the page in docs/pictures/: every view of the sample, in both themes.

python -m scripts.make_page_pictures
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from swancli.demo import write_demo
from swancli.source import LocalSource
from tests.page.browser import Watched, running
from tests.support.stub_server import serving

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
SIZE = {"width": 1100, "height": 640}
VIEWS = {
    "runs": ("#/runs?runs=1,2&columns=config.learning_rate,train/loss,min(train/loss),eval/accuracy", ".runs .name a"),
    "charts": ("#/charts?runs=1,2&smooth=0.6", "article:nth-child(6) canvas"),
    "run": ("#/run/2", ".leaf"),
    "console": ("#/run/1/console", ".line"),
    "compare": ("#/compare?runs=1,2", ".compare th a"),
}


def main() -> None:
    """Write page-VIEW-SCHEME.png for each view."""
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        write_demo("swanlog")
        with serving(LocalSource("swanlog")) as server, running() as browser:
            for scheme in ("light", "dark"):
                for name, (place, ready) in VIEWS.items():
                    size = {**SIZE, "height": 400} if name == "console" else SIZE
                    watched = Watched(browser, f"{server.url}/", viewport=size, color_scheme=scheme)
                    page = watched.go(place)
                    page.locator(ready).first.wait_for()
                    page.wait_for_timeout(300)
                    page.screenshot(path=PICTURES / f"page-{name}-{scheme}.png")
                    watched.close()


if __name__ == "__main__":
    main()
