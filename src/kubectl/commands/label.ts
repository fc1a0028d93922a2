import { labelValueFaults } from '../../api/names.js'
import type { KubeObject } from '../../api/definition.js'
import type { Call, Command } from '../call.js'
import { KubectlError } from '../errors.js'
import type { MapChanges, MetadataCommand } from './metadata-changes.js'
import { changeMetadata } from './metadata-changes.js'

/** Reads `key=value` and `key-`. Keys are left to the server. */
function parseLabels(specs: readonly string[]): MapChanges {
  const set: Record<string, string> = {}
  const remove: string[] = []
  for (const spec of specs) {
    if (spec.includes('=')) {
      const [key = '', value = '', ...more] = spec.split('=')
      if (more.length > 0) throw new KubectlError(`invalid label spec: ${spec}`)
      const faults = labelValueFaults(value)
      if (faults.length > 0)
        throw new KubectlError(`invalid label value: ${JSON.stringify(spec)}: ${faults.join(';')}`)
      set[key] = value
    } else remove.push(spec.slice(0, -1))
  }
  if (remove.some((key) => Object.hasOwn(set, key)))
    throw new KubectlError('can not both modify and remove a label in the same command')
  return { set, remove }
}

function checkOverwrite(existing: Readonly<Record<string, string>>, { set }: MapChanges): void {
  const clashes = Object.entries(set)
    .filter(([key, value]) => Object.hasOwn(existing, key) && existing[key] !== value)
    .map(
      ([key]) =>
        new KubectlError(`'${key}' already has a value (${existing[key]}), and --overwrite is false`),
    )
  const [first, ...more] = clashes
  if (first !== undefined)
    throw more.length === 0
      ? first
      : new KubectlError(`[${clashes.map(({ message }) => message).join(', ')}]`)
}

/**
 * The shorter text of the two objects decides whether labels went or came. Source: kubectl label
 * updateDataChangeMsg.
 */
function operation(call: Call, before: KubeObject, after: KubeObject): string {
  const [old, next] = [
    JSON.stringify(before.metadata.labels ?? {}),
    JSON.stringify(after.metadata.labels ?? {}),
  ]
  if (old === next) return 'not labeled'
  return call.release.saysUnlabeled && !call.flags.bool('overwrite') && next.length < old.length
    ? 'unlabeled'
    : 'labeled'
}

const labels: MetadataCommand = {
  what: 'label',
  field: 'labels',
  parse: parseLabels,
  checkOverwrite,
  operation,
  missing: (call, key) => call.out.line(`label ${JSON.stringify(key)} not found.`),
}

/** `kubectl label pod a key=value other-` */
export const label: Command = { name: 'label', run: (call) => changeMetadata(call, labels) }
