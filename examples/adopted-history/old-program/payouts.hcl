# Plays the program that paid before payrun, so that the example has a past.
# You have no such folder: your old program has paid at the real gateway.

merchant "main" {
  environment  = "sandbox"
  region       = "kz"
  merchant_id  = 9970
  order_prefix = "old"
}

batch "register" {
  period      = "2026-10"
  description = "Salary 2026-10"

  payout "line" {
    rows { path = "register.csv" }
    key        = row.employee_id
    order_id   = "OLD-1-${row.employee_id}"
    amount     = row.amount
    user_id    = row.employee_id
    card_token = row.card_token
  }
}
