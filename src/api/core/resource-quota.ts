import { ageColumn, borrow, column, defineKind, nameColumn, statusOf } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import type { ResourceQuota } from './generated.js'
import { roundAmounts } from './resource-lists.js'
import {
  validateResourceQuota,
  validateResourceQuotaStatus,
  validateResourceQuotaUpdate,
} from './validation/resource-quota.js'

/** `pods: 1/4, requests.cpu: 1/2`. Source: pkg/printers/internalversion printResourceQuota. */
function usageText({ status }: ResourceQuota, limits: boolean): string {
  const names = Object.keys(status.hard ?? {})
    .filter((name) => name.startsWith('limits.') === limits)
    .sort()
  return names
    .map((name) => `${name}: ${status.used?.[name] ?? '0'}/${status.hard?.[name] ?? '0'}`)
    .join(', ')
}

/** v1 ResourceQuota. */
export const resourceQuotaDefinition: KindDefinition<ResourceQuota> = defineKind<ResourceQuota>({
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  resource: 'resourcequotas',
  shortNames: ['quota'],
  namespaced: true,
  storagePrefix: '/registry/resourcequotas',
  subresources: [statusOf('', 'v1', 'ResourceQuota')],
  setDefaults: ({ spec, status }) => {
    if (!Object.isFrozen(spec)) roundAmounts(spec.hard)
    if (Object.isFrozen(status)) return
    roundAmounts(status.hard)
    roundAmounts(status.used)
  },
  validate: validateResourceQuota,
  validateUpdate: validateResourceQuotaUpdate,
  strategy: {
    prepareForCreate: (quota) => {
      quota.status = {}
    },
    prepareForUpdate: (quota, old) => {
      quota.status = borrow(old.status)
    },
    prepareForStatusUpdate: (quota, old) => {
      quota.spec = borrow(old.spec)
    },
    validateStatusUpdate: validateResourceQuotaStatus,
  },
  columns: [
    nameColumn(),
    column('Request', (quota) => usageText(quota, false)),
    column('Limit', (quota) => usageText(quota, true)),
    ageColumn(),
  ],
})
