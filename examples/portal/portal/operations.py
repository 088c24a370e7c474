"""For who runs the portal: health, metrics, and a log in which nobody is named."""

import datetime
import hmac
import json
import logging
import os
import re
import sys
import time
import traceback
import uuid

import edu
from flask import Blueprint, Response, abort, g, jsonify, request

from .library import library

blueprint = Blueprint("operations", __name__)
log = logging.getLogger("portal")

OURS = re.compile("[0-9a-f]{32}")


# ---- health ----

@blueprint.get("/health/live")
def live():
    """The process answers: where not, it is to be started anew."""
    return jsonify(status="ok")


@blueprint.get("/health/ready")
def ready():
    """It can work: the store answers, and its keys are there. Where not, others are to be asked."""
    try:
        with library.portal.session() as session:
            session.service.list(limit=1)
    except edu.Error as error:
        log.error("not ready", extra={"key": error.key})
        return jsonify(status="unavailable"), 503
    return jsonify(status="ok")


# ---- metrics ----

class Metrics:
    """Counted in every worker, and added up by prometheus_client through files in PROMETHEUS_MULTIPROC_DIR."""

    def __init__(self):
        import prometheus_client
        from prometheus_client import multiprocess
        self.client, self.multiprocess = prometheus_client, multiprocess
        own = prometheus_client.CollectorRegistry()
        self.requests = prometheus_client.Counter(
            "portal_requests", "Requests answered.", ("route", "method", "status"), registry=own)
        self.seconds = prometheus_client.Histogram(
            "portal_request_seconds", "How long an answer took.", ("route",), registry=own,
            buckets=(.01, .03, .1, .3, 1, 3, 10))
        self.own = own

    def note(self, route, status, seconds):
        method = request.method if request.method in ("GET", "HEAD", "POST", "DELETE", "OPTIONS") else "other"
        self.requests.labels(route, method, status).inc()
        self.seconds.labels(route).observe(seconds)

    def text(self):
        registry = self.own
        if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
            registry = self.client.CollectorRegistry()
            self.multiprocess.MultiProcessCollector(registry)
        return self.client.generate_latest(registry).decode()


def _of_jobs():
    """What edu deliver has written; nothing where it has not."""
    try:
        with open(os.environ.get("EDU_METRICS_FILE", ""), encoding="ascii") as file:
            return file.read()
    except OSError:
        return ""


@blueprint.get("/metrics")
def metrics():
    """Only for who has the token of EDU_METRICS_TOKEN; without one there is no such page."""
    wanted = os.environ.get("EDU_METRICS_TOKEN")
    if not wanted:
        abort(404)
    given = request.headers.get("Authorization", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {wanted}".encode()):
        return Response(status=401, headers={"WWW-Authenticate": "Bearer"})
    return Response(_metrics.text() + _of_jobs(), mimetype="text/plain; version=0.0.4; charset=utf-8")


_metrics = None


# ---- the log ----

class Lines(logging.Formatter):
    """One JSON object a line. Of what others log only the words that stand in their code are written, and of an
    exception where it happened: arguments and texts of exceptions may hold what a person typed."""

    def format(self, record):
        told = {"time": datetime.datetime.fromtimestamp(record.created, datetime.timezone.utc).isoformat(),
                "level": record.levelname.lower(), "logger": record.name, "message": str(record.msg)}
        told.update({name: getattr(record, name) for name in FIELDS if hasattr(record, name)})
        if record.exc_info and record.exc_info[1] is not None:
            told.update(_what_failed(record.exc_info[1]))
        return json.dumps(told, ensure_ascii=False)


FIELDS = ("request", "method", "route", "status", "ms", "bytes", "key")


def _what_failed(error):
    found = {"error": type(error).__name__,
             "at": [f"{os.path.basename(frame.filename)}:{frame.lineno} {frame.name}"
                    for frame in traceback.extract_tb(error.__traceback__)[-12:]]}
    if isinstance(error, edu.Error):
        found.update(key=error.key, detail=str(error))  # the library's words name nobody
    return found


def _route():
    return request.endpoint or "none"


def request_id():
    """That of the proxy before us, so that both logs can be held together."""
    if "request_id" not in g:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if OURS.fullmatch(given) else uuid.uuid4().hex
    return g.request_id


def install(app):
    global _metrics
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    logging.getLogger().handlers[:] = [handler]
    app.logger.handlers.clear()
    log.setLevel(os.environ.get("EDU_LOG_LEVEL", "WARNING").upper())
    if os.environ.get("EDU_METRICS_TOKEN") and _metrics is None:
        _metrics = Metrics()
    app.log_exception = lambda exc_info: log.error(
        "failed", exc_info=exc_info, extra={"request": request_id(), "route": _route()})

    @app.before_request
    def begin():
        g.began = time.monotonic()
        request_id()

    @app.after_request
    def end(response):
        seconds = time.monotonic() - g.began if "began" in g else 0
        response.headers["X-Request-Id"] = request_id()
        if _metrics:
            _metrics.note(_route(), response.status_code, seconds)
        log.info("answered", extra={
            "request": request_id(), "method": request.method, "route": _route(), "status": response.status_code,
            "ms": round(seconds * 1000), "bytes": response.calculate_content_length()})
        return response
