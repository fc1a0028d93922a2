import { defineKind, plainColumns } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import { semanticEqual } from '../kind/equal.js'
import { invalid, type FieldError } from '../field-error.js'
import { internalForm } from '../kind/internal-form.js'
import type { LabelSelector } from '../meta/generated.js'
import { dnsSubdomainFaults } from '../validation/names.js'
import { validateLabelSelector } from '../meta/label-validation.js'
import type { CSIStorageCapacity } from './generated.js'

const nonNegative = (amount: string | undefined, path: string): readonly FieldError[] =>
  amount?.startsWith('-') === true ? [invalid(path, amount, 'must be greater than or equal to 0')] : []

/** Source: pkg/apis/storage/validation ValidateCSIStorageCapacity. */
function validate({ storageClassName, nodeTopology, capacity }: CSIStorageCapacity): readonly FieldError[] {
  return [
    ...validateLabelSelector(nodeTopology, 'nodeTopology'),
    ...dnsSubdomainFaults(storageClassName).map((fault) =>
      invalid('storageClassName', storageClassName, fault),
    ),
    ...nonNegative(capacity, 'capacity'),
  ]
}

const shown = (value: string | LabelSelector | undefined): unknown =>
  typeof value === 'object' ? internalForm('meta.v1.LabelSelector', value) : (value ?? null)

/** Source: ValidateCSIStorageCapacityUpdate. */
function validateUpdate(next: CSIStorageCapacity, old: CSIStorageCapacity): readonly FieldError[] {
  const fixed = ['nodeTopology', 'storageClassName'] as const
  return [
    ...validate(next),
    ...fixed
      .filter((field) => !semanticEqual(next[field], old[field]))
      .map((field) => invalid(field, shown(next[field]), 'field is immutable')),
  ]
}

/** storage.k8s.io/v1 CSIStorageCapacity. */
export const csiStorageCapacityDefinition: KindDefinition<CSIStorageCapacity> =
  defineKind<CSIStorageCapacity>({
    group: 'storage.k8s.io',
    version: 'v1',
    kind: 'CSIStorageCapacity',
    resource: 'csistoragecapacities',
    namespaced: true,
    storagePrefix: '/registry/csistoragecapacities',
    validate,
    validateUpdate,
    strategy: { metaOnUpdate: [1, 1], allowUnconditionalUpdate: false },
    columns: plainColumns(),
  })
