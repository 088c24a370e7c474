"""gunicorn for the portal: /etc/nar/gunicorn.conf.py. The environment is that of nar.env."""

import os
import shutil

run = os.environ.get("RUNTIME_DIRECTORY", "/run/nar")

# nginx by a socket that only its group opens; Prometheus and probes on this machine alone.
bind = [f"unix:{run}/portal.sock", os.environ.get("EDU_WATCH", "127.0.0.1:9464")]
umask = 0o007

worker_class = "gthread"
workers = int(os.environ.get("EDU_WORKERS", "2"))
threads = 8
timeout = 90
graceful_timeout = 30
# Memory that grew for whatever reason goes back; not all workers at once.
max_requests = 20000
max_requests_jitter = 2000
limit_request_line = 4094
limit_request_fields = 50
limit_request_field_size = 8190

# The portal logs by itself, without addresses and paths.
accesslog = None
errorlog = "-"
loglevel = "error"

# Where the workers count; emptied at each start. prometheus_client looks for it when it is imported, and that must be
# now: child_exit runs in a signal handler, which may interrupt another one, and an import in it is then found half done.
os.environ["PROMETHEUS_MULTIPROC_DIR"] = f"{run}/metrics"
from prometheus_client.multiprocess import mark_process_dead


def on_starting(_server):
    shutil.rmtree(f"{run}/metrics", ignore_errors=True)
    os.makedirs(f"{run}/metrics")


def child_exit(_server, worker):
    mark_process_dead(worker.pid)
