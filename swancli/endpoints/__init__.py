"""What each endpoint answers: one module each, with `answer`, the API's `data`, and `details`, what tables show.

ROUTES is the one table of endpoints: the command line, the URL source and the server share it.
"""

from __future__ import annotations

from swancli.endpoints import charts, experiment, logs, metric, project, status, summary
from swancli.endpoints.route import Route

_EXPERIMENT = "/api/v1/experiment/{experiment}"

PROJECT = Route("project", "/api/v1/project", (), project.answer, project.details, project.depends)
EXPERIMENT = Route(
    "experiment", _EXPERIMENT, ("experiment",), experiment.answer, experiment.details, experiment.depends
)
CHARTS = Route("charts", _EXPERIMENT + "/chart", ("experiment",), charts.answer, charts.details)
METRIC = Route(
    "metric", _EXPERIMENT + "/tag/{metric}", ("experiment", "metric"), metric.answer, metric.details, metric.depends
)
LOGS = Route("logs", _EXPERIMENT + "/recent_log", ("experiment",), logs.answer, logs.details, logs.depends)
STATUS = Route("status", _EXPERIMENT + "/status", ("experiment",), status.answer, status.details)
SUMMARY = Route("summary", _EXPERIMENT + "/summary", ("experiment",), summary.answer, summary.details, summary.depends)

ROUTES = {route.name: route for route in (PROJECT, EXPERIMENT, CHARTS, METRIC, LOGS, STATUS, SUMMARY)}
