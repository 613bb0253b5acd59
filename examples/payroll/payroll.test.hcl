# What would happen if …? "payrun test" plays these on the sandbox, in a folder
# of its own, and pays nobody.

run "an_ordinary_payday" {
  assert {
    condition     = batch.salaries.paid == 10 && run.payout_calls == 10
    error_message = "Ten people are paid, each with one call."
  }
}

run "once_more_pays_nobody" {
  assert {
    condition     = run.payout_calls == 0
    error_message = "Whoever is paid is not paid again."
  }
}

run "a_closed_card" {
  variables { period = "2026-12" }
  fault {
    match = salaries["2026-12"].staff["0104"]
    do    = "reject:10017"
  }

  expect { exit_code = 9 } # done, and somebody was not paid
  assert {
    condition     = batch.salaries.paid == 9 && batch.salaries.failed == 1
    error_message = "One refused card stops nobody else."
  }
}

run "an_answer_is_lost" {
  variables { period = "2027-01" }
  fault {
    match = salaries["2027-01"].staff["0107"]
    do    = "drop-after" # the money goes, the answer does not come
  }

  assert {
    condition     = batch.salaries.paid == 10 && run.payout_calls == 10
    error_message = "The bank is asked what became of it; nobody is paid twice."
  }
}
