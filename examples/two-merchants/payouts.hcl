# One company, two countries: each has its own account at the gateway and its
# own currency. Nothing here reaches a real bank: environment = "sandbox".

variable "period" {
  type    = string
  default = "2026-11"
}

merchant "kz" {
  environment  = "sandbox"
  region       = "kz" # tenge, time of Almaty
  merchant_id  = 9970
  order_prefix = "twokz"
}

merchant "kg" {
  environment  = "sandbox"
  region       = "kg" # som, time of Bishkek
  merchant_id  = 9971
  order_prefix = "twokg"

  limits { max_total = "500 000.00" }
}

batch "almaty" {
  period      = var.period
  merchant    = merchant.kz
  description = "Salary ${var.period}"

  expect {
    count = 3
    total = "1 155 000.50"
  }

  payout "staff" {
    rows { path = "almaty.csv" }
    key        = row.employee_id
    amount     = row.net_pay
    user_id    = row.employee_id
    card_token = row.card_token
    label      = row.name
  }
}

batch "bishkek" {
  period      = var.period
  merchant    = merchant.kg
  description = "Salary ${var.period}"

  expect {
    count = 2
    total = "161 500.00"
  }

  payout "staff" {
    rows { path = "bishkek.csv" }
    key        = row.employee_id
    amount     = row.net_pay
    user_id    = row.employee_id
    card_token = row.card_token
    label      = row.name
  }
}

output "to_have_ready" {
  value = [
    money(batch.almaty.total, batch.almaty.currency),
    money(batch.bishkek.total, batch.bishkek.currency),
  ]
  description = "What each account needs, fees not counted"
}
