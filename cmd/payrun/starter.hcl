# Who is paid, how much, and when. Try it as it is:
#
#   payrun plan     what would be paid; asks nobody and changes nothing
#   payrun apply    pays, once you have typed the total back
#   payrun apply    again: nobody is paid twice
#
# No real money moves: environment = "sandbox" is a gateway that is built into
# payrun. How to go on to real payouts stands at the end of this file.

merchant "main" {
  environment = "sandbox" # sandbox, test or production
  region      = "kz"      # kz pays in KZT, kg in KGS, uz in UZS
  merchant_id = 9970      # your number at Freedom Pay
}

batch "rewards" {
  period      = "YYYY-MM"        # part of every payout's identity: next month is another payment
  description = "Reward YYYY-MM" # what the payee's bank is told

  expect { # typed by a person from their own sheet; apply refuses when it differs
    count = 2
    total = "175 000.50"
  }

  limits { # apply refuses what is above, until somebody lifts it and says why
    max_payout = "500 000.00"
    max_total  = "1 000 000.00"
  }

  payout "aigul" {
    amount     = "125000.00"
    user_id    = 1 # the payee's number in your own system
    card_token = "ef741cfc-f85e-41a0-84e6-2ba964912182"
    label      = "Aigul S." # for people; never sent to the gateway
  }

  payout "daniyar" {
    amount     = "50000.50"
    user_id    = 2
    card_token = "0b9f2f6a-58c1-4c5e-9d2b-7a1f0c3e4d52"
    label      = "Daniyar K."
  }

  # A whole payroll from a table, one payout for each row of salaries.csv:
  #
  # payout "staff" {
  #   rows { path = "salaries.csv" }
  #   key        = row.employee_id
  #   amount     = row.net_pay
  #   user_id    = row.employee_id
  #   card_token = row.card_token
  #   label      = row["Full name"]
  # }
}

output "rewards_total" {
  value       = money(batch.rewards.total, batch.rewards.currency)
  description = "Everything that the batch declares"
}

# Real payouts need a merchant account, its key in the environment, a prefix
# that sets this folder's orders apart from all others of the account, and a
# state of their own: "payrun state archive" moves the sandbox's away.
#
# merchant "main" {
#   environment    = "production"
#   region         = "kz"
#   merchant_id    = 12345
#   secret_key_env = "FREEDOMPAY_SECRET_KEY" # the name of the variable, never the key
#   order_prefix   = "acme"
#   post_link      = "https://finance.example.kz/payrun/notify"
# }
