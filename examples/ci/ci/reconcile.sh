#!/bin/sh
# Asks the gateway about every payout that is still open. It never pays. Run
# ci/keep.sh after it in any case.
set -eu
mkdir -p .payrun
git rev-parse HEAD >.payrun/before
payrun state verify -git

code=0
payrun reconcile -wait="${WAIT:-1m}" || code=$?
case $code in
0 | 4 | 9) ;; # nothing open, still open, or failed and known: nobody is called at night
*) exit "$code" ;;
esac
