# The payroll of the management, encrypted with age: it can lie in a shared
# folder or in git, and only who has the key can read it. Nothing here reaches a
# real bank: environment = "sandbox".

variable "period" {
  type    = string
  default = "2026-11"
}

merchant "main" {
  environment  = "sandbox"
  region       = "kz"
  merchant_id  = 9970
  order_prefix = "closed"
}

batch "management" {
  period      = var.period
  description = "Salary ${var.period}"

  expect {
    count = 4
    total = "5 995 000.50"
  }

  payout "staff" {
    rows { path = "staff.csv.age" } # .age at the end: encrypted; .csv before it: what is inside
    key        = row.employee_id
    amount     = row.net_pay
    user_id    = row.employee_id
    card_token = row.card_token
    label      = row.name # stays out of the state and of saved plans
  }
}
