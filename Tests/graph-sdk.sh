#!/bin/bash
# Holds the emulator of Tests/GraphEmulator against Microsoft's own client: msgraph-beta-sdk creates, reads, patches, assigns and deletes a
# profile on it. Not part of Tests/run.sh, because the client takes minutes to install.
# usage: Tests/graph-sdk.sh [FOLDER]   keeps the client's virtual environment in FOLDER for the next time
set -euo pipefail
cd "$(dirname "$0")/.."
venv=${1:-$(mktemp -d)}
[ -x "$venv/bin/pip" ] || python3 -m venv "$venv"
"$venv/bin/python" -c 'import msgraph_beta, azure.identity' 2>/dev/null || "$venv/bin/pip" install -q msgraph-beta-sdk azure-identity
swift build --product graph-emulator
work=$(mktemp -d)
trap 'kill "${emulator:-}" 2>/dev/null || true; rm -rf "$work"' EXIT
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/key.pem" -out "$work/server.pem" -subj /CN=localhost -days 2 \
    -addext subjectAltName=IP:127.0.0.1,DNS:localhost 2>/dev/null
cat > "$work/scenario.json" <<'JSON'
{"tenants": [{"id": "11111111-1111-4111-8111-111111111111",
  "apps": [{"clientId": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "secret": "s3cret"}],
  "deviceConfigurations": [{"@odata.type": "#microsoft.graph.iosScepCertificateProfile", "id": "33333333-3333-4333-8333-333333333333", "displayName": "SCEP"}],
  "groups": [{"id": "44444444-4444-4444-8444-444444444444", "displayName": "Staff", "users": 12}]}], "pageSize": 2}
JSON
mkfifo "$work/address"
.build/debug/graph-emulator "$work/scenario.json" --tls "$work/server.pem" "$work/key.pem" > "$work/address" &
emulator=$!
read -r address < "$work/address"
SSL_CERT_FILE="$work/server.pem" REQUESTS_CA_BUNDLE="$work/server.pem" "$venv/bin/python" Tests/graph-sdk.py "$address"
