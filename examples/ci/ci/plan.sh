#!/bin/sh
# Says what a branch would pay: comment.md for people, plan.json for programs, and
# next.plan to approve. It needs no secret, asks nobody and changes nothing.
# Usage: sh ci/plan.sh [BASE]; BASE is what the branch is to be merged into.
set -eu
base=${1:-origin/main}

refuse() {
  echo "$1" >&2
  exit 6
}

# The state is the memory of what was paid. Only the pipeline of the main branch
# writes it, and a plan of an older one could not be applied.
if ! git diff --quiet "$base" HEAD -- 'payouts.state.json*'; then
  refuse "the state here is not that of $base: merge $base into this branch, and leave the state as it is there"
fi
payrun state verify -git
payrun validate
payrun fmt -check

# A plan that the branch brings was approved: it must be what files and state
# give. The same files, state, time and version give the same bytes everywhere.
plan=$(git diff --relative --no-renames --name-only --diff-filter=AM "$base...HEAD" -- 'plans/*.plan')
case $plan in
*.plan*.plan) refuse "this branch brings more than one plan: $plan" ;;
"") at=$(date -u +%Y-%m-%dT%H:%M:%SZ) ;;
*) at=$(sed -n 's/^  "created_at": "\(.*\)",$/\1/p' "$plan") ;;
esac
payrun plan -at="$at" -expires=72h -out=next.plan -format=markdown >comment.md
payrun show -json next.plan >plan.json
if [ -n "$plan" ] && ! cmp -s "$plan" next.plan; then
  payrun plan -expires=72h -out=next.plan -format=markdown >comment.md
  refuse "$plan is not what files and state give now: take it and its approvals out, and approve next.plan"
fi
