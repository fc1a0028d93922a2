import type { Command } from '../call.js'
import { KubectlError } from '../errors.js'
import { selectorOf } from './selector.js'
import { createGenerated, nameOf } from './generate.js'

/**
 * `kubectl create poddisruptionbudget NAME --selector=S --min-available=N`. Source: kubectl
 * pkg/cmd/create/create_pdb.go.
 */
export const pdb: Command = {
  name: 'poddisruptionbudget',
  aliases: ['pdb'],
  run(call) {
    const name = nameOf(call)
    const [selector, min, max] = [
      call.flags.string('selector'),
      call.flags.string('min-available'),
      call.flags.string('max-unavailable'),
    ]
    if (selector === '') throw new KubectlError('a selector must be specified')
    if (min === '' && max === '')
      throw new KubectlError('one of min-available or max-unavailable must be specified')
    if (min !== '' && max !== '')
      throw new KubectlError('min-available and max-unavailable cannot be both specified')
    for (const [flag, text] of [
      ['min-available', min],
      ['max-unavailable', max],
    ] as const) {
      if (text !== '' && !/^\d+%?$/.test(text)) throw new KubectlError(`invalid format specified for ${flag}`)
    }
    const amount = (text: string): number | string => (text.endsWith('%') ? text : Number(text))
    createGenerated(
      call,
      {
        kind: 'PodDisruptionBudget',
        apiVersion: 'policy/v1',
        metadata: { name },
        spec: {
          ...(min === '' ? {} : { minAvailable: amount(min) }),
          selector: selectorOf(selector),
          ...(max === '' ? {} : { maxUnavailable: amount(max) }),
        },
        status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
      },
      'failed to create poddisruptionbudgets:',
    )
  },
}
