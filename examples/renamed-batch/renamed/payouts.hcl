# Bonuses, after the batch was renamed to rewards. Nothing here reaches a real bank:
# environment = "sandbox".

merchant "main" {
  environment  = "sandbox"
  region       = "kz"
  merchant_id  = 9970
  order_prefix = "rename"
}

batch "rewards" {
  period      = "2026-11"
  description = "Bonus"

  expect {
    count = 4
    total = "360 000.00"
  }

  payout "aigerim" {
    amount     = "150000.00"
    user_id    = 101
    card_token = "0d5f1c83-08fc-4db7-bc1d-e21ff27e7761"
    label      = "Aigerim S."
  }

  payout "nurlan" {
    amount     = "90000.00"
    user_id    = 102
    card_token = "beef28e4-0a19-4eac-a1e9-9e647eed8e76"
    label      = "Nurlan A."
  }

  payout "dina" {
    amount     = "70000.00"
    user_id    = 103
    card_token = "6ecc5cb6-fd42-4bf8-8299-ac8f5ba9468b"
    label      = "Dina K."
  }

  payout "sanzhar" { # somebody new, who is still to be paid
    amount     = "50000.00"
    user_id    = 104
    card_token = "810717e7-fc52-4fde-818b-ccad1e2e8b1b"
    label      = "Sanzhar B."
  }
}
