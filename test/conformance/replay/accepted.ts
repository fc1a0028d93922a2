/** Steps that do not go as recorded, as `scenario#step`, by reason. The test fails when one of them goes right, too. */
export const accepted: Readonly<Record<string, readonly string[]>> = {
  'the list shows an object that another scenario left behind': ['err-protocol-bad-selectors-and-list-options#44'],
  'the recorder closed a stream that stays open': ['err-protocol-bad-selectors-and-list-options#24'],
  'the recorded history was compacted between two steps, here it is from the start': ['watch-expired-and-future#1'],
}
