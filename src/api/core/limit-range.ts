import { defineKind, plainColumns } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import type { Draft } from '../kind/draft.js'
import type { LimitRange, LimitRangeItem } from './generated.js'
import { roundAmounts } from './resource-lists.js'
import { validateLimitRange } from './validation/limit-range.js'

/**
 * Default limits of containers come from the maximum, default requests from the default limits or the
 * minimum. Source: pkg/apis/core/v1/defaults.go SetDefaults_LimitRangeItem.
 */
function setItemDefaults(item: Draft<LimitRangeItem>): void {
  for (const field of ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const)
    roundAmounts(item[field])
  if (item.type !== 'Container') return
  const limits = { ...item.max, ...item.default }
  const requests = { ...item.min, ...limits, ...item.defaultRequest }
  if (Object.keys(limits).length > 0) item.default = limits
  if (Object.keys(requests).length > 0) item.defaultRequest = requests
}

/** Empty limits are null, as they read back from the stored protobuf. Source: pkg/storage/etcd3 decode. */
function setDefaults({ spec }: Draft<LimitRange>): void {
  if (Object.isFrozen(spec)) return
  if (spec.limits?.length === 0) spec.limits = null
  for (const item of spec.limits ?? []) setItemDefaults(item)
}

/** v1 LimitRange. Without a name it gets a UUID as its name. */
export const limitRangeDefinition: KindDefinition<LimitRange> = defineKind<LimitRange>({
  group: '',
  version: 'v1',
  kind: 'LimitRange',
  resource: 'limitranges',
  shortNames: ['limits'],
  namespaced: true,
  storagePrefix: '/registry/limitranges',
  setDefaults,
  validate: validateLimitRange,
  strategy: {
    metaOnUpdate: [1, 0],
    allowCreateOnUpdate: true,
    prepareForCreate: ({ metadata }) => {
      metadata.name ??= metadata.uid as string
    },
  },
  columns: plainColumns(),
})
