# The monthly payroll from a sheet as 1C saves it. Nothing here reaches a real
# bank: environment = "sandbox".

variable "period" {
  type        = string
  default     = "2026-11"
  description = "Month that is paid, YYYY-MM; part of the identity of every payment"

  validation {
    condition     = can(regex("^\\d{4}-(0[1-9]|1[0-2])$", var.period))
    error_message = "period must look like 2026-11."
  }
}

variable "sheet" {
  type        = string
  default     = "vedomost.csv"
  description = "File that 1C saved: text, delimiter ;"
}

merchant "main" {
  environment  = "sandbox"
  region       = "kz"
  merchant_id  = 9970
  order_prefix = "payroll"
}

batch "salaries" {
  period      = var.period
  merchant    = merchant.main
  description = "Salary ${var.period}"

  expect { # control totals: typed by a person from the printed sheet
    count = 10
    total = "4 135 101.00"
  }

  limits {
    max_payout = "700 000.00"
    max_total  = "5 000 000.00"
    max_count  = 15
  }

  payout "staff" { # one per row: salaries["2026-11"].staff["0101"]
    rows {
      path              = var.sheet
      encoding          = "windows-1251"
      delimiter         = ";"
      decimal_separator = ","
      group_separator   = "\u00a0" # the space that does not break, as in 471 000,00
      header_row        = 3        # two lines of title stand above the headings
      ignore_last       = 1        # the line of totals
    }
    key        = row["Табельный номер"]
    amount     = row["К выплате"]
    user_id    = tonumber(row["Табельный номер"]) # 0101 is person 101 at the gateway
    card_token = row["Токен карты"]
    label      = row["Сотрудник"]
  }
}

check "average" {
  assert {
    condition     = batch.salaries.total <= batch.salaries.count * 450000
    error_message = "The average salary is above 450 000: compare the sheet with last month's."
  }
}

output "payroll_total" {
  value       = money(batch.salaries.total, "KZT")
  description = "What the bank account needs, fees not counted"
}
