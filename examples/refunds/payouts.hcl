# Refunds to buyers of a web shop, from a spreadsheet. Nothing here reaches a
# real bank: environment = "sandbox".

merchant "shop" {
  environment  = "sandbox"
  region       = "kz"
  merchant_id  = 9970
  order_prefix = "refund"
}

batch "refunds" {
  period      = "2026-11" # a refund keeps its month: leave it as it is once paid
  description = "Refund"

  expect { # from the list that the head of sales signed
    count = 4
    total = "42 540.50"
  }

  limits {
    max_payout        = "50 000.00"
    max_per_recipient = "60 000.00"
  }

  payout "order" { # one per approved row: refunds["2026-11"].order["R-0417"]
    rows {
      path        = "refunds.xlsx"
      sheet       = "Refunds"
      header_row  = 2 # a title stands above the headings
      ignore_last = 1 # the line of totals
    }
    when        = row.Approved == "yes"
    key         = row.Return # the number of the return, never the line in the sheet
    amount      = row["To refund"]
    user_id     = row.Customer
    card_token  = row["Card token"]
    label       = row.Buyer
    description = "Refund of order ${row.Order}"
  }
}
