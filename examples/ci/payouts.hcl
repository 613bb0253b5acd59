# Payouts of a team that keeps its files in git: a pipeline plans on every pull
# request, two people approve the plan, and the pipeline pays what was approved.
# See README.md beside this file. Nothing here reaches a real bank yet.

merchant "main" {
  environment  = "sandbox" # the real thing: "production", with secret_key_env and post_link
  region       = "kz"
  merchant_id  = 9970
  order_prefix = "team"
}

approvals {
  required        = 2
  allowed_signers = "allowed_signers"
  expires         = "72h"
}

batch "salaries" {
  period      = "2026-11" # part of every identity: next month is another payment
  merchant    = merchant.main
  description = "Salary for November"

  expect { # control totals, typed by a person from the payroll sheet
    count = 4
    total = "1 471 025.50"
  }

  limits {
    max_payout = "700 000.00"
    max_total  = "2 000 000.00"
  }

  payout "staff" { # one per row: salaries["2026-11"].staff["1001"]
    rows { path = "salaries.csv" }
    key        = row.employee_id
    amount     = row.net_pay
    user_id    = row.employee_id
    card_token = row.card_token
    label      = row.name
  }
}
