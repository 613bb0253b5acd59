#!/bin/sh
# Pays exactly the plan that was merged last. Whatever stopped it, it may be run
# again: what was sent is never sent twice. Run ci/keep.sh after it in any case.
set -eu
mkdir -p .payrun
git rev-parse HEAD >.payrun/before

plan=$(git log -1 --first-parent -m --relative --no-renames --diff-filter=AM --format= --name-only -- 'plans/*.plan')
case $plan in
"") echo "no plan was merged yet: nothing to pay" && exit 0 ;;
*.plan*.plan) echo "one commit brought more than one plan: $plan" >&2 && exit 6 ;;
esac
payrun state verify -git
exec payrun apply "$plan" -wait="${WAIT:-10m}" -report=report.csv -publish='sh ci/publish.sh "state: a run begins"'
