# The week's payments to suppliers: a list of invoices, and the standing
# payments. Nothing here reaches a real bank: environment = "sandbox".

variable "day" {
  type        = string
  default     = "2026-11-20"
  description = "Name of the payment list, its date; part of the identity of every payment"
}

variable "rent_from" {
  type        = string
  default     = null
  description = "The standing payments are not made before this moment, e.g. 2026-11-25 09:00"
}

variable "last_moment" {
  type        = string
  default     = null
  description = "No invoice is paid after this moment, e.g. 2026-11-20 18:00"
}

merchant "main" {
  environment  = "sandbox"
  region       = "kz"
  merchant_id  = 9970
  order_prefix = "supply"

  limits { max_total = "4 000 000.00" } # over everything that one plan sends
}

batch "invoices" {
  period      = var.day
  description = "Invoice"
  deadline    = var.last_moment

  expect { # from the signed payment list, approved lines only
    count = 6
    total = "1 962 900.50"
  }

  limits {
    max_payout         = "800 000.00"
    max_total          = { value = "3 000 000.00", hard = true } # nobody can lift this one
    max_per_recipient  = "1 000 000.00"
    max_new_recipients = 5
  }

  payout "goods" { # one per approved row: invoices["2026-11-20"].goods["INV-101"]
    rows { path = "invoices.csv" }
    when        = row.approved == "yes"
    key         = row.invoice
    amount      = row.amount
    user_id     = row.supplier
    card_token  = row.card_token
    label       = row.name
    description = "Invoice ${row.invoice}"
  }

  payout "courier_monday" {
    amount     = "18000.00"
    user_id    = 705
    card_token = "1677cffc-d988-47c6-9431-3a3bbe3e00fc"
    label      = "Courier, Monday"
  }

  payout "courier_friday" {
    amount          = "18000.00"
    user_id         = 705
    card_token      = "1677cffc-d988-47c6-9431-3a3bbe3e00fc"
    label           = "Courier, Friday"
    allow_duplicate = "two rides of one price: waybills 88 and 93"
  }
}

batch "standing" {
  period      = var.day
  description = "Standing payment"
  not_before  = var.rent_from

  payout "rent" {
    amount     = "450000.00"
    user_id    = 706
    card_token = "d3cdfaf7-7613-48c0-93af-0473184cf29a"
    label      = "Office rent"
  }

  payout "lift" {
    amount     = "62000.00"
    user_id    = 707
    card_token = "c8c0817c-c814-4b98-aab7-658c144f0b6a"
    label      = "Lift service"
    hold       = "the act of acceptance is not signed"
  }
}
