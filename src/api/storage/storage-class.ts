import { ageColumn, column, defineKind } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import type { Draft } from '../kind/draft.js'
import { semanticEqual } from '../kind/equal.js'
import {
  mostFieldErrors,
  duplicate,
  forbidden,
  invalid,
  notSupported,
  required,
  type FieldError,
  tooLong,
} from '../field-error.js'
import type { TopologySelectorTerm } from '../core/generated.js'
import { deprecatedNodeLabel } from '../core/node-labels.js'
import { validateLabelName } from '../meta/label-validation.js'
import { setOwn } from '../../lang/json/plain-json.js'
import type { StorageClass } from './generated.js'
import { qualifiedNameFaults } from '../validation/names.js'

const reclaimPolicies = ['Delete', 'Retain']
const bindingModes = ['Immediate', 'WaitForFirstConsumer']
const defaultAnnotations = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
]

/** Source: pkg/apis/storage/v1/defaults.go SetDefaults_StorageClass. */
function setDefaults(storageClass: Draft<StorageClass>): void {
  storageClass.reclaimPolicy ??= 'Delete'
  storageClass.volumeBindingMode ??= 'Immediate'
}

/** Source: pkg/apis/storage/validation ValidateStorageClass. */
function validate(storageClass: StorageClass): readonly FieldError[] {
  const { provisioner, parameters, allowedTopologies = [] } = storageClass
  const reclaimPolicy: string = storageClass.reclaimPolicy ?? ''
  const mode: string | undefined = storageClass.volumeBindingMode
  const errors: FieldError[] = [
    ...validateProvisioner(provisioner, 'provisioner'),
    ...validateParameters(parameters, true),
  ]
  if (reclaimPolicy !== '' && !reclaimPolicies.includes(reclaimPolicy)) {
    errors.push(notSupported('reclaimPolicy', reclaimPolicy, reclaimPolicies))
  }
  if (mode === undefined) errors.push(required('volumeBindingMode'))
  else if (!bindingModes.includes(mode)) errors.push(notSupported('volumeBindingMode', mode, bindingModes))
  validateTopologies(allowedTopologies, errors)
  return errors
}

/** Source: validateAllowedTopologies, ValidateTopologySelectorTerm. */
function validateTopologies(terms: readonly TopologySelectorTerm[], errors: FieldError[]): void {
  // upstream begins with one empty entry for each term, so that empty terms count as duplicates
  const known = new Map([[termKey({}), terms.length]])
  terms.forEach(({ matchLabelExpressions = [] }, of) => {
    const at = `allowedTopologies[${of}]`
    const values: Record<string, readonly string[]> = {}
    matchLabelExpressions.forEach((expression, index) => {
      const path = `${at}.matchLabelExpressions[${index}]`
      validateExpression(expression, path, errors)
      if (Object.hasOwn(values, expression.key)) errors.push(duplicate(`${path}.key`, expression.key))
      setOwn(values, expression.key, [...new Set(expression.values)].sort())
    })
    const key = termKey(values)
    const times = known.get(key) ?? 0
    const error = duplicate(`${at}.matchLabelExpressions`, '')
    for (let told = 0; told < times && errors.length < mostFieldErrors; told++) errors.push(error)
    known.set(key, times + 1)
  })
}

/**
 * Returns a text that equal terms share. Keys without values are equal to each other, but unlike in other
 * comparisons not to no key.
 */
function termKey(values: Readonly<Record<string, readonly string[]>>): string {
  const keys = Object.keys(values).sort()
  const held = keys.filter((key) => values[key]?.length !== 0)
  return JSON.stringify([keys.length, ...held.map((key) => [key, values[key]])])
}

function validateExpression(
  { key, values }: { readonly key: string; readonly values?: readonly string[] | null },
  path: string,
  errors: FieldError[],
): void {
  const seen = new Set<string>()
  if ((values ?? []).length === 0) errors.push(required(`${path}.values`))
  values?.forEach((value, index) => {
    if (seen.has(value)) errors.push(duplicate(`${path}.values[${index}]`, value))
    seen.add(value)
  })
  errors.push(...validateLabelName(key, `${path}.key`))
}

/**
 * Source: ValidateStorageClassUpdate: only labels, annotations, mount options, expansion and topologies may
 * change.
 */
function validateUpdate(next: StorageClass, old: StorageClass): readonly FieldError[] {
  const errors: FieldError[] = [...validate(next)]
  if (!semanticEqual(next.parameters, old.parameters))
    errors.push(forbidden('parameters', 'updates to parameters are forbidden.'))
  if (next.provisioner !== old.provisioner)
    errors.push(forbidden('provisioner', 'updates to provisioner are forbidden.'))
  if (next.reclaimPolicy !== old.reclaimPolicy)
    errors.push(forbidden('reclaimPolicy', 'updates to reclaimPolicy are forbidden.'))
  if (next.volumeBindingMode !== old.volumeBindingMode) {
    errors.push(invalid('volumeBindingMode', next.volumeBindingMode ?? null, 'field is immutable'))
  }
  return errors
}

/** Source: pkg/api/storage/util.go GetWarningsForStorageClass. */
function warnings({ allowedTopologies = [] }: StorageClass): readonly string[] {
  return allowedTopologies.flatMap(({ matchLabelExpressions = [] }, of) =>
    matchLabelExpressions.flatMap(({ key }, index) => {
      const text = deprecatedNodeLabel(key)
      return text === undefined
        ? []
        : [`allowedTopologies[${of}].matchLabelExpressions[${index}].key: ${key} is ${text}`]
    }),
  )
}

/** Whether this is a default class. Source: pkg/apis/storage/util IsDefaultAnnotation. */
function isDefaultStorageClass({ metadata }: Pick<StorageClass, 'metadata'>): boolean {
  return defaultAnnotations.some((name) => metadata.annotations?.[name] === 'true')
}

/** storage.k8s.io/v1 StorageClass. */
export const storageClassDefinition: KindDefinition<StorageClass> = defineKind<StorageClass>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  resource: 'storageclasses',
  shortNames: ['sc'],
  namespaced: false,
  storagePrefix: '/registry/storageclasses',
  setDefaults,
  validate,
  validateUpdate,
  strategy: { metaOnUpdate: [1, 1], warnings },
  columns: [
    {
      name: 'Name',
      type: 'string',
      format: 'name',
      cell: (storageClass) =>
        `${storageClass.metadata.name ?? ''}${isDefaultStorageClass(storageClass) ? ' (default)' : ''}`,
    },
    column('Provisioner', ({ provisioner }) => provisioner),
    column('ReclaimPolicy', ({ reclaimPolicy }) => reclaimPolicy ?? 'Delete'),
    column('VolumeBindingMode', ({ volumeBindingMode }) => volumeBindingMode ?? 'Immediate'),
    column('AllowVolumeExpansion', ({ allowVolumeExpansion }) => allowVolumeExpansion ?? false),
    ageColumn(),
  ],
})

const maxParameters = 512
const maxBytes = 256 * 1024
const encoder = new TextEncoder()

/** Validates the name of a provisioner or driver. Source: pkg/apis/storage/validation validateProvisioner. */
export function validateProvisioner(name: string, path: string): readonly FieldError[] {
  if (name === '') return [required(path)]
  const lower = name.toLowerCase()
  return qualifiedNameFaults(lower).map((fault) => invalid(path, lower, fault))
}

/** Validates the parameters for the driver. Source: validateParameters. */
export function validateParameters(
  parameters: Readonly<Record<string, string>> | undefined,
  mayBeEmpty: boolean,
  path = 'parameters',
): readonly FieldError[] {
  const errors: FieldError[] = []
  const entries = Object.entries(parameters ?? {})
  if (entries.length > maxParameters) errors.push(tooLong(path, maxParameters))
  let bytes = 0
  for (const [key, value] of entries) {
    if (key === '') errors.push(invalid(path, key, 'field can not be empty.'))
    bytes += encoder.encode(key).length + encoder.encode(value).length
  }
  if (bytes > maxBytes) errors.push(tooLong(path, maxBytes))
  if (!mayBeEmpty && entries.length === 0)
    errors.push(required(path, 'must contain at least one key/value pair'))
  return errors
}
