import { ageColumn, borrow, column, defineKind, nameColumn, statusOf } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import type { Draft } from '../kind/draft.js'
import { invalid, type FieldError } from '../field-error.js'
import { labelName, qualifiedNameFaults } from '../validation/names.js'
import { validateKubeFinalizer } from '../meta/validation.js'
import type { Namespace } from './generated.js'

const nameLabel = 'kubernetes.io/metadata.name'

/** Labels every namespace with its name. Source: pkg/apis/core/v1/defaults.go SetDefaults_Namespace. */
function setDefaults(namespace: Draft<Namespace>): void {
  const { metadata } = namespace
  if (metadata.name === undefined || metadata.labels?.[nameLabel] === metadata.name) return
  namespace.metadata = { ...metadata, labels: { ...metadata.labels, [nameLabel]: metadata.name } }
}

/**
 * Makes a new namespace Active, with the `kubernetes` finalizer. Source:
 * pkg/registry/core/namespace/strategy.go.
 */
function prepareForCreate(namespace: Draft<Namespace>): void {
  namespace.status = { phase: 'Active' }
  const finalizers = namespace.spec.finalizers ?? []
  if (!finalizers.includes('kubernetes'))
    namespace.spec = { ...namespace.spec, finalizers: [...finalizers, 'kubernetes'] }
}

function prepareForUpdate(namespace: Draft<Namespace>, old: Namespace): void {
  namespace.spec = borrow(old.spec)
  namespace.status = borrow(old.status)
}

/** Source: validateFinalizerName. */
function finalizerErrors(name: string, path: string): readonly FieldError[] {
  return [
    ...qualifiedNameFaults(name).map((fault) => invalid(path, name, fault)),
    ...validateKubeFinalizer(name, path),
  ]
}

function validate({ spec }: Namespace): readonly FieldError[] {
  return (spec.finalizers ?? []).flatMap((name) => finalizerErrors(name, 'spec.finalizers'))
}

/** Source: ValidateNamespaceFinalizeUpdate. */
export function validateFinalizers({ spec }: Namespace): readonly FieldError[] {
  return (spec.finalizers ?? []).flatMap((name, at) => finalizerErrors(name, `spec.finalizers[${at}]`))
}

/** Source: ValidateNamespaceStatusUpdate: a phase of Terminating and a deletion timestamp go together. */
function validateStatusUpdate({ metadata, status }: Namespace): readonly FieldError[] {
  if (metadata.deletionTimestamp === undefined) {
    return status.phase === 'Active'
      ? []
      : [invalid('status.Phase', status.phase, "may only be 'Active' if `deletionTimestamp` is empty")]
  }
  return status.phase === 'Terminating'
    ? []
    : [invalid('status.Phase', status.phase, "may only be 'Terminating' if `deletionTimestamp` is not empty")]
}

/** v1 Namespace. Its `finalize` endpoint replaces spec.finalizers. */
export const namespaceDefinition: KindDefinition<Namespace> = defineKind<Namespace>({
  group: '',
  version: 'v1',
  kind: 'Namespace',
  resource: 'namespaces',
  shortNames: ['ns'],
  namespaced: false,
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  storagePrefix: '/registry/namespaces',
  subresources: [
    { name: 'finalize', kind: 'Namespace', group: '', version: 'v1', verbs: ['update'] },
    statusOf('', 'v1', 'Namespace'),
  ],
  setDefaults,
  defaultsMetadata: true,
  inRelease: (definition, { has }) => {
    const { setDefaults: _, ...unlabelled } = definition
    return has('namespaceNameLabel') ? definition : unlabelled
  },
  validateName: (name, prefix) =>
    name.includes('.') && labelName(name.replaceAll('.', '-'), prefix).length === 0
      ? ['must not contain dots']
      : labelName(name, prefix),
  validate,
  strategy: {
    metaOnUpdate: [1, 1],
    prepareForCreate,
    prepareForUpdate,
    validateStatusUpdate,
    resetFields: { finalize: [['status']] },
    prepareForStatusUpdate: (namespace, old) => {
      namespace.spec = borrow(old.spec)
      namespace.status.phase ??= 'Active'
    },
  },
  columns: [nameColumn(), column('Status', ({ status }) => status.phase ?? ''), ageColumn()],
  selectableFields: { 'status.phase': ({ status }) => status.phase ?? '' },
})
