import { ageColumn, column, defineKind, nameColumn } from '../kind/define.js'
import type { KindDefinition, KubeObject, PrinterColumn } from '../kind/definition.js'
import { invalid, type FieldError } from '../field-error.js'
import type { Scale } from './generated.js'

/** Source: pkg/apis/autoscaling/validation ValidateScale. */
function validate({ spec }: Scale): readonly FieldError[] {
  const replicas = spec.replicas ?? 0
  return replicas < 0 ? [invalid('spec.replicas', replicas, 'must be greater than or equal to 0')] : []
}

/** The columns of a Scale. Source: printers' printScale. */
export const scaleColumns: readonly PrinterColumn<KubeObject>[] = [
  column('Name', ({ metadata }) => metadata.name ?? ''),
  column('Desired', ({ spec }: Partial<Scale>) => spec?.replicas ?? 0, 'integer'),
  column('Available', ({ status }: Partial<Scale>) => status?.replicas ?? 0, 'integer'),
  ageColumn(),
]

/**
 * The columns of a custom resource's Scale, and of any that kubectl prints by itself. Source: apiextensions'
 * getScaleColumnsForVersion.
 */
export const namedScaleColumns: readonly PrinterColumn<KubeObject>[] = scaleColumns.with(0, nameColumn())

/** autoscaling/v1 Scale: never stored; the scale endpoint of a workload reads and writes it. */
export const scaleDefinition: KindDefinition<Scale> = defineKind<Scale>({
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
  resource: 'scales',
  namespaced: true,
  verbs: [],
  storagePrefix: '',
  validate,
  strategy: {},
  columns: scaleColumns,
})
