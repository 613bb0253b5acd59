# Taking over from another program in the middle of a month. Nothing here
# reaches a real bank: environment = "sandbox".

variable "period" {
  type    = string
  default = "2026-10"
}

merchant "main" {
  environment  = "sandbox"
  region       = "kz"
  merchant_id  = 9970
  order_prefix = "adopt"
}

batch "salaries" {
  period      = var.period
  description = "Salary ${var.period}"

  expect { # everybody of the month, whoever paid them
    count = 6
    total = "1 744 000.50"
  }

  payout "staff" {
    rows { path = "staff.csv" }
    key        = row.employee_id
    amount     = row.net_pay
    user_id    = row.employee_id
    card_token = row.card_token
    label      = row.name
  }
}
