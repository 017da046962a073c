#!/usr/bin/env bash
#
# Writes what every package has beside the program, below a folder such as usr/share: manual pages, completions, JSON Schemas,
# examples and licences.
#
#   deploy/release/share.sh DIR
set -euo pipefail
# shellcheck source=deploy/release/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
(($# == 1)) || die "say where: share.sh DIR"
share=$1
need gzip python3
easel=$built/easel
built_version >/dev/null

pages=$(mktemp -d)
trap 'rm -rf "$pages"' EXIT
"$easel" manual "$pages" --date "$release_date" >/dev/null
for page in "$pages"/*; do
    install -D -m 0644 "$page" "$share/man/man${page##*.}/$(basename "$page")"
    gzip -9n "$share/man/man${page##*.}/$(basename "$page")"
done

mkdir -p "$share"/bash-completion/completions "$share"/zsh/vendor-completions "$share"/fish/vendor_completions.d "$share"/easel/schemas
# Bash reads this file, and nobody runs it.
"$easel" --generate-completion-script bash | sed '1{/^#!/d}' >"$share/bash-completion/completions/easel"
"$easel" --generate-completion-script zsh >"$share/zsh/vendor-completions/_easel"
"$easel" --generate-completion-script fish >"$share/fish/vendor_completions.d/easel.fish"
# Every kind that the program knows, by its own description of itself.
kinds=$("$easel" --experimental-dump-help | python3 -c '
import json, sys
commands = {command["commandName"]: command for command in json.load(sys.stdin)["command"]["subcommands"]}
print("\n".join(next(argument["allValues"] for argument in commands["schema"]["arguments"] if argument["kind"] == "positional")))')
for kind in $kinds; do "$easel" schema "$kind" >"$share/easel/schemas/$kind.schema.json"; done

doc=$share/doc/easel
mkdir -p "$doc/examples"
cp -r "$root/.github/docs" "$doc/docs"
# The pages have another folder here.
sed 's#(\.github/docs/#(docs/#g' "$root/README.md" >"$doc/README.md"
cp "$root/CHANGELOG.md" "$doc/changelog"
cp "$root/deploy/README.md" "$doc/examples/README.md"
# What makes the packages is not for those who have them.
for folder in "$root"/deploy/*/; do
    case $(basename "$folder") in container | debian | release) ;; *) cp -r "$folder" "$doc/examples/" ;; esac
done
cp -r "$root"/examples/{config,edits,exports} "$doc/examples/"
python3 "$root/deploy/release/components.py" licences --scratch "$scratch" >"$doc/third-party-licences"
gzip -9n "$doc/changelog" "$doc/third-party-licences"
find "$share" -type f -exec chmod 0644 {} +
find "$share" -type d -exec chmod 0755 {} +
