# What was paid before payrun: recorded, counted, never sent.

import { # the old program paid these through the gateway, which confirms each
  to = salaries["2026-10"].staff[row.employee_id]
  rows { path = "paid-by-the-old-program.csv" }
  order_id = row.order_id
  amount   = row.amount
  reason   = "paid by the old program, register of ${row.date}"
}

import { # paid from the cash desk: no gateway saw it, a person vouches for it
  to = salaries["2026-10"].staff[row.employee_id]
  rows { path = "paid-in-cash.csv" }
  order_id   = "cash-${row.voucher}"
  amount     = row.amount
  reason     = "paid from the cash desk, voucher ${row.voucher}"
  unverified = "cash: compared with the cash book by the chief accountant"
}
