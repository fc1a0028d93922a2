import { configKeyFaults } from '../../api/names.js'
import type { Command } from '../call.js'
import { KubectlError } from '../errors.js'
import { createGenerated, nameOf, optional } from './generate.js'
import { hashOf } from './hash.js'
import { entriesOf } from './sources.js'
import { isText } from '../../api/byte-text.js'
import { toBase64 } from './secret.js'

/**
 * `kubectl create configmap NAME --from-literal ... --from-file ...`. Source: kubectl
 * pkg/cmd/create/create_configmap.go.
 */
export const configmap: Command = {
  name: 'configmap',
  aliases: ['cm'],
  run(call) {
    const name = nameOf(call)
    const data = new Map<string, string>()
    for (const [key, value] of entriesOf(call)) {
      const faults = configKeyFaults(key)
      if (faults.length > 0)
        throw new KubectlError(
          `${JSON.stringify(key)} is not a valid key name for a ConfigMap: ${faults.join(',')}`,
        )
      if (data.has(key))
        throw new KubectlError(
          `cannot add key ${JSON.stringify(key)}, another key by that name already exists in Data for ` +
            `ConfigMap ${JSON.stringify(name)}`,
        )
      data.set(key, value)
    }
    const entries = [...data].sort(([a], [b]) => (a < b ? -1 : 1))
    const texts = Object.fromEntries(entries.filter(([, value]) => isText(value)))
    const binary = optional(
      'binaryData',
      Object.fromEntries(
        entries.filter(([, value]) => !isText(value)).map(([key, value]) => [key, toBase64(value)]),
      ),
    )
    const suffix = call.flags.bool('append-hash')
      ? `-${hashOf({ ...binary, data: texts, kind: 'ConfigMap', name })}`
      : ''
    createGenerated(
      call,
      {
        kind: 'ConfigMap',
        apiVersion: 'v1',
        metadata: { name: name + suffix },
        ...optional('data', texts),
        ...binary,
      },
      'failed to create configmap:',
    )
  },
}
