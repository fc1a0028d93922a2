import type { Command } from '../call.js'
import { KubectlError } from '../errors.js'
import type { MapChanges, MetadataCommand } from './metadata-changes.js'
import { changeMetadata } from './metadata-changes.js'

/** Always overwritten, whatever the flag says. */
const CHANGE_CAUSE = 'kubernetes.io/change-cause'

/** Reads `key=value` (the value may hold `=`) and `key-`. */
function parseAnnotations(specs: readonly string[]): MapChanges {
  const set: Record<string, string> = {}
  const remove: string[] = []
  for (const spec of specs) {
    const at = spec.indexOf('=')
    if (at > 0) set[spec.slice(0, at)] = spec.slice(at + 1)
    else remove.push(spec.slice(0, -1))
  }
  const both = remove.filter((key) => Object.hasOwn(set, key))
  if (both.length > 0) {
    throw new KubectlError(
      `can not both modify and remove the following annotation(s) in the same command: ${both.join(', ')}`,
    )
  }
  return { set, remove }
}

function checkOverwrite(existing: Readonly<Record<string, string>>, { set }: MapChanges): void {
  const clashes = Object.keys(set)
    .filter((key) => key !== CHANGE_CAUSE && Object.hasOwn(existing, key))
    .map((key) => `'${key}' already has a value (${existing[key]})`)
  if (clashes.length > 0) {
    throw new KubectlError(
      `--overwrite is false but found the following declared annotation(s): ${clashes.join('; ')}`,
    )
  }
}

const annotations: MetadataCommand = {
  what: 'annotation',
  field: 'annotations',
  parse: parseAnnotations,
  checkOverwrite,
  operation: () => 'annotated',
  missing: () => undefined,
}

/** `kubectl annotate pod a key=value other-` */
export const annotate: Command = { name: 'annotate', run: (call) => changeMetadata(call, annotations) }
