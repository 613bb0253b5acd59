# A payroll of forty from a CSV file, and a few single payouts, on the gateway
# that is built into payrun. Nothing here reaches a real bank.

variable "period" {
  type        = string
  default     = "2026-11"
  description = "Accounting period, YYYY-MM; part of the identity of every payment"

  validation {
    condition     = can(regex("^\\d{4}-(0[1-9]|1[0-2])$", var.period))
    error_message = "period must look like 2026-11."
  }
}

merchant "main" {
  environment  = "sandbox"
  region       = "kz"
  merchant_id  = 9970
  order_prefix = "quick"
}

batch "salaries" {
  period      = var.period
  merchant    = merchant.main
  description = "Salary ${var.period}"

  expect { # typed by a person from the payroll sheet, never computed from the rows
    count = 40
    total = "15 739 328.50"
  }

  limits {
    max_payout = "700 000.00"
    max_total  = "20 000 000.00"
    max_count  = 60
  }

  payout "staff" { # one per row: salaries["2026-11"].staff["1001"]
    rows { path = "salaries.csv" }
    key        = row.employee_id
    amount     = row.net_pay
    user_id    = row.employee_id
    card_token = row.card_token
    label      = row["Full name"]
  }
}

batch "rewards" {
  period      = var.period
  merchant    = merchant.main
  description = "Reward ${var.period}"

  payout "mentor" {
    amount     = "150000.00"
    user_id    = 1003
    card_token = "3a124c64-7e02-4f05-b7c1-dce27f7695f5"
    label      = "Madina Tulegenova, mentor of the quarter"
  }

  payout "speaker" {
    amount     = "85000.00"
    user_id    = 2001
    card_token = "7c1e5b90-2d34-4f6a-8b7c-9e0d1f2a3b4c"
    label      = "Guest speaker"
  }

  payout "prize" {
    amount     = "25000.50"
    user_id    = 2002
    card_token = "18f4a6d2-9b3c-4e57-a1d0-6c5b4a392817"
    label      = "Quiz night"
    hold       = "waits for the winner's signature"
  }
}

output "payroll_total" {
  value       = money(batch.salaries.total, "KZT")
  description = "Everything that the payroll declares"
}
