import { ageColumn, borrow, column, defineKind, nameColumn, specChanged, statusOf } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import { loadBalancerWarnings } from '../validation/ip-validation.js'
import type { Ingress } from './generated.js'
import {
  classAnnotation,
  validateIngress,
  validateIngressStatus,
  validateIngressUpdate,
} from './ingress-validation.js'

/** Number of hosts in a Table before `+ N more...`. */
const shown = 3

function hostsText({ spec: { rules = [] } }: Ingress): string {
  const hosts: string[] = []
  let isCut = false
  for (const { host = '' } of rules) {
    if (hosts.length === shown) isCut = true
    else if (host !== '') hosts.push(host)
  }
  if (hosts.length === 0) return '*'
  return isCut ? `${hosts.join(',')} + ${rules.length - shown} more...` : hosts.join(',')
}

function addressText({ status }: Ingress): string {
  const found = (status.loadBalancer.ingress ?? []).map(({ ip = '', hostname = '' }) =>
    ip === '' ? hostname : ip,
  )
  return [...new Set(found.filter((text) => text !== ''))].sort().join(',')
}

/**
 * Source: pkg/registry/networking/ingress/strategy.go WarningsOnCreate, and WarningsOnUpdate of the status.
 */
function warnings({ metadata, spec, status }: Ingress, old: Ingress | undefined): readonly string[] {
  if (old !== undefined && old.status !== status) return loadBalancerWarnings(status.loadBalancer)
  const isAnnotated = metadata.annotations?.[classAnnotation] !== undefined
  return old === undefined && isAnnotated && spec.ingressClassName === undefined
    ? [`annotation "${classAnnotation}" is deprecated, please use 'spec.ingressClassName' instead`]
    : []
}

/** networking.k8s.io/v1 Ingress. */
export const ingressDefinition: KindDefinition<Ingress> = defineKind<Ingress>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  resource: 'ingresses',
  shortNames: ['ing'],
  namespaced: true,
  storagePrefix: '/registry/ingress',
  subresources: [statusOf('networking.k8s.io', 'v1', 'Ingress')],
  validate: validateIngress,
  validateUpdate: validateIngressUpdate,
  strategy: {
    metaOnUpdate: [1, 1],
    prepareForCreate: (ingress) => {
      ingress.status = { loadBalancer: {} }
    },
    prepareForUpdate: (ingress, old) => {
      ingress.status = borrow(old.status)
    },
    prepareForStatusUpdate: (ingress, old) => {
      ingress.spec = borrow(old.spec)
    },
    validateStatusUpdate: validateIngressStatus,
    generationChanged: specChanged,
    warnings,
  },
  columns: [
    nameColumn(),
    column('Class', ({ spec }) => spec.ingressClassName ?? '<none>'),
    column('Hosts', hostsText),
    column('Address', addressText),
    column('Ports', ({ spec }) => ((spec.tls ?? []).length > 0 ? '80, 443' : '80')),
    ageColumn(),
  ],
})
