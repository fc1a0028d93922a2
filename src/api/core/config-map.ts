import { ageColumn, column, defineKind, nameColumn } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import { semanticEqual } from '../kind/equal.js'
import { fieldErrors, forbidden, invalid, tooLong, type FieldError } from '../field-error.js'
import { configKeyFaults } from '../validation/names.js'
import type { ConfigMap } from './generated.js'

/** Largest size of all values together, in bytes. */
const maxBytes = 1024 * 1024
const encoder = new TextEncoder()

/** Returns the number of bytes of base64 text. */
export function base64Bytes(text: string): number {
  return Math.floor((text.length * 3) / 4) - (text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0)
}

function validate({ data, binaryData }: ConfigMap): readonly FieldError[] {
  const errors = fieldErrors()
  let bytes = 0
  for (const key in data) {
    for (const fault of configKeyFaults(key)) errors.push(invalid(`data[${key}]`, key, fault))
    if (binaryData !== undefined && Object.hasOwn(binaryData, key)) {
      errors.push(invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'))
    }
    bytes += encoder.encode(data[key]).length
  }
  for (const key in binaryData) {
    for (const fault of configKeyFaults(key)) errors.push(invalid(`binaryData[${key}]`, key, fault))
    bytes += base64Bytes(binaryData[key] ?? '')
  }
  if (bytes > maxBytes) errors.push(tooLong('[]', maxBytes))
  return errors
}

const frozenText = 'field is immutable when `immutable` is set'

/** Source: ValidateConfigMapUpdate. */
function validateUpdate(next: ConfigMap, old: ConfigMap): readonly FieldError[] {
  const errors = fieldErrors()
  if (old.immutable === true) {
    if (next.immutable !== true) errors.push(forbidden('immutable', frozenText))
    if (!semanticEqual(next.data, old.data)) errors.push(forbidden('data', frozenText))
    if (!semanticEqual(next.binaryData, old.binaryData)) errors.push(forbidden('binaryData', frozenText))
  }
  return [...errors, ...validate(next)]
}

/** v1 ConfigMap. */
export const configMapDefinition: KindDefinition<ConfigMap> = defineKind<ConfigMap>({
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  resource: 'configmaps',
  shortNames: ['cm'],
  namespaced: true,
  storagePrefix: '/registry/configmaps',
  validate,
  validateUpdate,
  strategy: { metaOnUpdate: [1, 1] },
  columns: [
    nameColumn(),
    column(
      'Data',
      ({ data, binaryData }) => Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length,
    ),
    ageColumn(),
  ],
})
