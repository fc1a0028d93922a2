import { defineKind, nameColumn } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import type { Eviction } from './generated.js'

/** policy/v1 Eviction: never stored; the body of a POST to a pod's eviction endpoint. */
export const evictionDefinition: KindDefinition<Eviction> = defineKind<Eviction>({
  group: 'policy',
  version: 'v1',
  kind: 'Eviction',
  resource: 'evictions',
  namespaced: true,
  verbs: [],
  storagePrefix: '',
  strategy: {},
  columns: [nameColumn()],
})
