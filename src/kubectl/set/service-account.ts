import type { Call } from '../call.js'
import { KubectlError } from '../errors.js'
import { withPodSpec } from '../pod-spec.js'
import { setSelected } from './changes.js'

/** `kubectl set serviceaccount TYPE/NAME ACCOUNT`. Source: kubectl pkg/cmd/set/set_serviceaccount.go. */
export function setServiceAccount(call: Call): void {
  const name = call.args.at(-1)
  if (name === undefined) throw new KubectlError('serviceaccount is required')
  setSelected(
    call,
    call.args.slice(0, -1),
    { done: 'serviceaccount updated', failure: 'failed to patch ServiceAccountName', saysAlways: true },
    (info) => withPodSpec(info, (spec) => ({ ...spec, serviceAccountName: name })),
  )
}
