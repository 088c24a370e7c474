# What the starts of the demonstration's portals share; read by them, in the repository's folder, with the
# variables data, build, port and bind.

child=
courier=
on_server=

# Both portals serve the same store.
export EDU_VAR=$data
case "${EDU_STORE:-sqlite:}" in
  sqlite:*) export EDU_STORE=sqlite:$data/portal.db ;;
  *) on_server=1 ;;
esac
export EDU_KEYS=$data/portal.db.keys
export EDU_HOST=${EDU_HOST:-localhost:$port}
export EDU_LANGUAGE=${EDU_LANGUAGE:-az}
export EDU_UTC_OFFSET=${EDU_UTC_OFFSET:-240}
export EDU_SECOND_FACTOR=${EDU_SECOND_FACTOR:-0}

# Processes that a server leaves behind when it ends; a start says so where there are any.
workers_of() { :; }

stop() {
  trap - TERM INT
  [ -z "$child" ] || kill -TERM "$child" $(workers_of "$child") 2>/dev/null || true
  [ -z "$courier" ] || kill -TERM "$courier" 2>/dev/null || true
  wait
  exit "${1:-0}"
}
trap stop TERM INT

# Runs a command such that a signal ends it at once, and not when it is through.
run() {
  "$@" &
  child=$!
  wait "$child"
  child=
}

# Made aside and moved when complete: a first start that was cut off begins anew. (What it has put
# into a database on a server is refused then: the keys differ.)
make_demonstration() {
  local fresh=$data.new store=sqlite:$data.new/portal.db
  [ -z "$on_server" ] || store=$EDU_STORE
  rm -rf "$fresh"
  mkdir -p "$fresh"
  chmod 700 "$fresh"
  echo "Making the demonstration; schools and people are invented."
  run /usr/bin/python3 tools/make_demo_data.py "$fresh/registers"
  run "$build/examples/cli/edu" demo --store "$store" --keys "$fresh/portal.db.keys" --data "$fresh/registers" \
    --services examples/data/services --calendars examples/data/calendars --registers examples/data/registers \
    --references examples/data/references \
    --appeals examples/data/appeals \
    --archive examples/data/imo-results.csv \
    --accounts "$fresh/accounts.txt"
  head -c 32 /dev/urandom >"$fresh/bank.secret"
  chmod 600 "$fresh/bank.secret"
  run "$build/examples/cli/edu" payment key add sandbox --secret "$fresh/bank.secret" --store "$store" \
    --keys "$fresh/portal.db.keys"
  mv -T "$fresh" "$data"
}

answers() {
  /usr/bin/python3 - "$1" <<'PYTHON'
import sys, urllib.request
try:
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(sys.argv[1], timeout=2)
except OSError:
    sys.exit(1)
PYTHON
}

# Delivers messages while it serves, says where, and waits until it ends. $1: what answers when it serves.
serve_and_wait() {
  until answers "http://$bind:$port$1"; do
    kill -0 "$child" 2>/dev/null || { echo "start: the portal did not start" >&2 && exit 1; }
    sleep 0.2
  done
  "$build/examples/cli/edu" deliver --every 5 &
  courier=$!
  echo
  echo "The portal answers at http://$bind:$port/"
  cat "$data/accounts.txt"
  echo "Messages go to files in $data/portal.db.outbox."
  [ "$EDU_SECOND_FACTOR" != 0 ] ||
    echo "Staff sign in without a second factor here; EDU_SECOND_FACTOR=1 asks for it."
  wait "$child" || true
  echo "start: the portal ended by itself" >&2
  stop 1
}

refuse_taken_port() {
  ! answers "http://$bind:$port/" ||
    { echo "start: something answers at port $port already; choose another by PORT" >&2 && exit 1; }
}
