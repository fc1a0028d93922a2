/** Steps that do not go as recorded, as `scenario#step`, by reason. The test fails when one of them goes right, too. */
export const accepted: Readonly<Record<string, readonly string[]>> = {
  'server-side apply is not served yet': [
    'err-protocol-fieldvalidation-strict#4', 'err-protocol-fieldvalidation-warn#4', 'err-protocol-fieldvalidation-bogus#4',
    'lifecycle-dryrun#5', 'err-patch-force-without-apply#5',
  ],
  'the text shows the object with its managedFields': [
    'err-patch-bad-merge-patch#5', 'err-patch-bad-merge-patch#6', 'err-patch-bad-json-patch#8', 'err-patch-bad-json-patch#17',
  ],
  'uids are numbered by first appearance, and some belong to kinds that come later': [
    'lifecycle-dryrun#9', 'lifecycle-dryrun#10',
  ],
  'the list shows an object that another scenario left behind': ['err-protocol-bad-selectors-and-list-options#44'],
  'the recorder closed a stream that stays open': ['err-protocol-bad-selectors-and-list-options#24'],
  'the recorded history was compacted between two steps, here it is from the start': ['watch-expired-and-future#1'],
  'JSON.parse rounds integers beyond 2^53': ['err-protocol-big-integer#0'],
}
