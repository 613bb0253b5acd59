# Three payouts to saved cards, on the gateway that is built into payrun.
# Nothing here reaches a real bank: environment = "sandbox".

merchant "main" {
  environment  = "sandbox"
  region       = "kz" # Kazakhstan: KZT, Asia/Almaty
  merchant_id  = 9970
  order_prefix = "first"
}

batch "rewards" {
  period      = "2026-11" # part of every identity: next month is another payment
  merchant    = merchant.main
  description = "Reward for November"

  expect { # control totals, typed by a person from their own sheet
    count = 3
    total = "176 250.50"
  }

  payout "aigul" {
    amount     = "125000.00"
    user_id    = 1
    card_token = "ef741cfc-f85e-41a0-84e6-2ba964912182"
    label      = "Aigul S."
  }

  payout "daniyar" {
    amount     = "50000.50"
    user_id    = 2
    card_token = "0b9f2f6a-58c1-4c5e-9d2b-7a1f0c3e4d52"
    label      = "Daniyar K."
  }

  payout "madina" {
    amount     = "1250.00"
    user_id    = 3
    card_token = "5d0c8e17-3f4b-4a86-b1de-92c7a6f50e38"
    label      = "Madina T."
  }
}
