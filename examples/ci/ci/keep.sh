#!/bin/sh
# Brings state and journal back to the main branch, after success, failure and a
# kill alike, and says in changes.md what happened to every payout.
set -eu
payrun state merge -setup
if ! sh ci/publish.sh "state: after the run"; then
  # The branch moved on. The merge keeps the payments of both sides, or refuses.
  git fetch -q origin main
  git merge -q --no-edit FETCH_HEAD
  git push -q origin HEAD:main
fi
payrun state diff "git:$(cat .payrun/before)" git:HEAD -format=markdown >changes.md
if [ -e payouts.state.json ]; then payrun log -since=7d; fi
