# What if? "payrun test" runs these on the sandbox, in a folder of their own.
# The runs stand in the order of a few bad paydays, and share one state.

run "what_would_be_paid" {
  command = plan

  assert {
    condition     = run.to_pay.count == 42 && run.to_pay.total == 15974328.50
    error_message = "The plan holds 40 salaries and two rewards."
  }
}

run "answer_lost" {
  fault {
    match = salaries["2026-11"].staff["1026"]
    do    = "drop-after" # the money goes, the answer does not come
  }

  assert {
    condition     = status["salaries[\"2026-11\"].staff[\"1026\"]"] == "paid" && run.payout_calls == 42
    error_message = "The gateway is asked what became of it, and it is paid once."
  }
}

# Another month is another payment, so it is a clean page for another story.
run "card_refused" {
  variables { period = "2026-12" }
  fault {
    match = salaries["2026-12"].staff["1018"]
    do    = "reject:10017"
  }

  expect { exit_code = 9 } # done, and something failed
  assert {
    condition     = batch.salaries.failed == 1 && batch.salaries.paid == 39
    error_message = "One refused card stops nobody else."
  }
  assert {
    condition     = payout.salaries["2026-12"].staff["1018"].code == "10017" && can(regex("10017", run.output))
    error_message = "What is printed names the gateway's reason."
  }
}

# From row 20 on the gateway takes a call and never answers. Nobody can know what
# became of those calls, so payrun stops instead of trying its luck.
run "gateway_dies_at_row_20" {
  variables { period = "2027-01" }
  fault {
    from = salaries["2027-01"].staff["1020"]
    do   = "drop-before"
  }

  expect {
    exit_code         = 4 # nothing is wrong, something waits
    safe_to_run_again = true
  }
  assert {
    condition     = batch.salaries.paid == 19 && batch.salaries.in_doubt >= 5
    error_message = "The rows before the 20th are paid, and then it stops."
  }
  assert {
    condition     = payout.salaries["2027-01"].staff["1020"].status == "in_doubt"
    error_message = "What may have left is in doubt, never failed."
  }
}

run "gateway_is_back" {
  variables { period = "2027-01" }

  expect { exit_code = 4 }
  assert {
    condition     = batch.salaries.paid + batch.salaries.in_doubt == 40 && batch.rewards.paid == 2
    error_message = "Everybody else is paid; what is in doubt waits for the gateway."
  }
}

run "again" {
  variables { period = "2027-01" }

  expect { exit_code = 4 }
  assert {
    condition     = run.payout_calls == 0
    error_message = "Applying once more must pay nobody."
  }
}
