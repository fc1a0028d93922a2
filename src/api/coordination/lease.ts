import { ageColumn, column, defineKind, nameColumn } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import { invalid, required, type FieldError } from '../field-error.js'
import type { Lease } from './generated.js'

/** Source: pkg/apis/coordination/validation ValidateLeaseSpec. */
function validate({ spec }: Lease): readonly FieldError[] {
  const errors: FieldError[] = []
  const { leaseDurationSeconds, leaseTransitions, preferredHolder, strategy } = spec ?? {}
  if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0) {
    errors.push(invalid('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0'))
  }
  if (leaseTransitions !== undefined && leaseTransitions < 0) {
    errors.push(invalid('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0'))
  }
  if ((preferredHolder ?? '') !== '' && (strategy ?? '') === '') {
    errors.push(required('spec.strategy', 'must be set when preferredHolder is set'))
  }
  return errors
}

/** coordination.k8s.io/v1 Lease. */
export const leaseDefinition: KindDefinition<Lease> = defineKind<Lease>({
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  resource: 'leases',
  namespaced: true,
  storagePrefix: '/registry/leases',
  validate,
  strategy: { allowCreateOnUpdate: true, allowUnconditionalUpdate: false },
  columns: [nameColumn(), column('Holder', ({ spec }) => spec?.holderIdentity ?? ''), ageColumn()],
})
