import { LAST_APPLIED } from '../../../src/kubectl/apply/last-applied.js'
import { printYaml } from '../../../src/lang/yaml/print.js'

/** Fields of metadata that the server writes, and a learner neither writes nor reads. */
const WRITTEN_BY_SERVER = [
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'managedFields',
  'selfLink',
]

interface Written {
  readonly metadata: object
}

/** Prints objects as they were written: without what the server adds, and without status. */
export function cleanYaml(objects: readonly Written[]): string {
  return objects.map((object) => printYaml(cleaned(object))).join('---\n')
}

function cleaned(object: Written): object {
  const { status: _status, metadata, ...rest } = object as Written & { readonly status?: unknown }
  const kept = Object.entries(metadata).flatMap(([key, value]): [string, unknown][] => {
    if (WRITTEN_BY_SERVER.includes(key)) return []
    if (key !== 'annotations') return [[key, value]]
    const others = Object.entries(value as object).filter(([name]) => name !== LAST_APPLIED)
    return others.length === 0 ? [] : [[key, Object.fromEntries(others)]]
  })
  const { apiVersion, kind, ...spec } = rest as { readonly apiVersion?: string; readonly kind?: string }
  return { apiVersion, kind, metadata: Object.fromEntries(kept), ...spec }
}
