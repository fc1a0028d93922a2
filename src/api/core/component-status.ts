import { column, defineKind, nameColumn } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import type { ComponentStatus } from './generated.js'

const healthy = ({
  conditions,
}: ComponentStatus): NonNullable<ComponentStatus['conditions']>[number] | undefined =>
  conditions?.find(({ type }) => type === 'Healthy')

function statusText(status: ComponentStatus): string {
  const condition = healthy(status)
  if (condition === undefined) return 'Unknown'
  return condition.status === 'True' ? 'Healthy' : 'Unhealthy'
}

/** v1 ComponentStatus: read only and not stored; each request reads the current health. */
export const componentStatusDefinition: KindDefinition<ComponentStatus> = defineKind<ComponentStatus>({
  group: '',
  version: 'v1',
  kind: 'ComponentStatus',
  resource: 'componentstatuses',
  shortNames: ['cs'],
  namespaced: false,
  verbs: ['get', 'list'],
  storagePrefix: '/registry/componentstatuses',
  deprecated: { since: 19 },
  strategy: {},
  columns: [
    nameColumn(),
    column('Status', statusText),
    column('Message', (status) => healthy(status)?.message ?? ''),
    column('Error', (status) => healthy(status)?.error ?? ''),
  ],
})
