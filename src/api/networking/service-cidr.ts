import { ageColumn, borrow, column, defineKind, nameColumn, statusOf } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import { invalid, required, type FieldError } from '../field-error.js'
import { parseIpRange } from '../../lang/go/ip.js'
import { rangeFault } from '../../lang/go/netip.js'
import type { ServiceCIDR } from './generated.js'

/** Finalizer that keeps a range while Services have addresses of it. */
export const SERVICE_CIDR_FINALIZER = 'networking.k8s.io/service-cidr-finalizer'

/** The condition Ready that a range has from its controller. */
export const READY_CIDR = { status: 'True', reason: '', message: 'Kubernetes Service CIDR is ready' } as const

const path = 'spec.cidrs'

/** Whether two ranges are of two families. Ranges that cannot be read are refused one by one. */
function isDualStack(cidrs: readonly string[]): boolean {
  return new Set(cidrs.map((cidr) => parseIpRange(cidr)?.family)).size === 2
}

/** Source: pkg/apis/networking/validation ValidateServiceCIDR. */
function validate({ spec }: ServiceCIDR): readonly FieldError[] {
  const { cidrs = [] } = spec
  if (cidrs.length === 0) return [required(path, 'at least one CIDR required')]
  const shown = { CIDRs: cidrs }
  if (cidrs.length > 2) return [invalid(path, shown, 'may only hold up to 2 values')]
  if (cidrs.length === 2 && !isDualStack(cidrs)) {
    return [
      invalid(
        path,
        shown,
        'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64',
      ),
    ]
  }
  return cidrs.flatMap((cidr, index) => {
    const fault = rangeFault(cidr)
    return fault === undefined ? [] : [invalid(`${path}[${index}]`, cidr, fault)]
  })
}

/** Only a range of the other family may be added. Source: ValidateServiceCIDRUpdate. */
function validateUpdate(next: ServiceCIDR, old: ServiceCIDR): readonly FieldError[] {
  const { cidrs: after = [] } = next.spec
  const { cidrs: before = [] } = old.spec
  const isGrowing = before.length === 1 && after.length === 2
  if (after.length !== before.length && !isGrowing)
    return [invalid(path, next.spec.cidrs ?? null, 'field is immutable')]
  const changed = before.flatMap((cidr, index) =>
    cidr === after[index] ? [] : [invalid(`${path}[${index}]`, after[index], 'field is immutable')],
  )
  return isGrowing ? [...changed, ...validate(next)] : changed
}

/** networking.k8s.io/v1 ServiceCIDR: ranges of cluster IPs. */
export const serviceCidrDefinition: KindDefinition<ServiceCIDR> = defineKind<ServiceCIDR>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'ServiceCIDR',
  resource: 'servicecidrs',
  namespaced: false,
  storagePrefix: '/registry/servicecidrs',
  subresources: [statusOf('networking.k8s.io', 'v1', 'ServiceCIDR')],
  validate,
  validateUpdate,
  strategy: {
    // upstream names a version that never existed, so nothing is reset for this one
    resetFields: { '': [], status: [] },
    prepareForCreate: (cidr) => {
      cidr.status = {}
    },
    prepareForUpdate: (cidr, old) => {
      cidr.status = borrow(old.status)
    },
    prepareForStatusUpdate: (cidr, old) => {
      cidr.spec = borrow(old.spec)
    },
    validateStatusUpdate: () => [],
  },
  columns: [nameColumn(), column('CIDRs', ({ spec }) => (spec.cidrs ?? []).join(',')), ageColumn()],
})
