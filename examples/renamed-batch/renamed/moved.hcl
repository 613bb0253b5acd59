# The batch was renamed from bonuses to rewards. These blocks say so, one per
# payout that is recorded. They stay as long as rewards 2026-11 is declared.

moved {
  from = bonuses["2026-11"].aigerim
  to   = rewards["2026-11"].aigerim
}

moved {
  from = bonuses["2026-11"].nurlan
  to   = rewards["2026-11"].nurlan
}

moved {
  from = bonuses["2026-11"].dina
  to   = rewards["2026-11"].dina
}
