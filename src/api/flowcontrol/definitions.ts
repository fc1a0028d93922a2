import type { KindDefinition } from '../kind/definition.js'
import { served, servedAs } from '../kind/served-as.js'
import { flowSchemaDefinition } from './flow-schema.js'
import { priorityLevelConfigurationDefinition } from './priority-level-configuration.js'

const group = 'flowcontrol.apiserver.k8s.io'

/** v1beta3 has the shape of v1. */
const beta = (definition: KindDefinition): KindDefinition =>
  served(servedAs(definition, group, 'v1beta3'), {
    since: 26,
    until: 32,
    deprecated: { since: 29, use: `${group}/v1 ${definition.kind}` },
  })

const v1 = [
  served(flowSchemaDefinition, { since: 29 }),
  served(priorityLevelConfigurationDefinition, { since: 29 }),
]

/** The kinds of flowcontrol.apiserver.k8s.io. The first two betas, of another shape, are not served. */
export const flowcontrolDefinitions: readonly KindDefinition[] = [...v1, ...v1.map(beta)]
