import { quote } from '../lang/go/quote.js'
import type { FlowSchema } from '../api/flowcontrol/generated.js'
import { formatTime } from '../lang/go/time.js'
import { isApiError } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import { keyOf } from '../client/informers/object-index.js'
import { APISERVER } from './custom-resource-definition/naming.js'
import { builtInController } from './shared/define-controller.js'

/** Field manager of the conditions that the controller applies. */
const MANAGER = 'api-priority-and-fairness-config-consumer-v1'

/** Options of {@link createFlowSchemaStatusController}. */
interface FlowSchemaStatusOptions {
  /** The served version, with its group. */
  readonly apiVersion: string
}

/**
 * Creates the controller that says in the Dangling condition of each FlowSchema whether its
 * PriorityLevelConfiguration exists. Source: apiserver pkg/util/flowcontrol/apf_controller.go
 * presyncFlowSchemaStatus.
 */
export function createFlowSchemaStatusController({ apiVersion }: FlowSchemaStatusOptions): Component {
  return builtInController({
    name: 'kube-apiserver/priority-and-fairness-config-consumer',
    identity: APISERVER,
    informers: { schemas: { resource: 'flowschemas' }, levels: { resource: 'prioritylevelconfigurations' } },
    setup: ({ host, informers: { schemas, levels } }) => ({
      on: {
        schemas: ({ type, object }) => (type === 'DELETED' ? [] : [keyOf(object)]),
        levels: ({ type, object }) =>
          type === 'MODIFIED'
            ? []
            : schemas
                .list()
                .filter(({ spec }) => spec.priorityLevelConfiguration.name === object.metadata.name)
                .map(keyOf),
      },
      reconcile(name) {
        const schema = schemas.get(name)
        if (schema === undefined) return
        const level = schema.spec.priorityLevelConfiguration.name
        report(host, apiVersion, schema, danglingOf(level, levels.get(level) !== undefined))
      },
    }),
  })
}

interface Dangling {
  readonly status: 'True' | 'False'
  readonly reason: string
  readonly message: string
}

function danglingOf(level: string, exists: boolean): Dangling {
  const named = `the PriorityLevelConfiguration object named ${quote(level)}`
  const start = `This FlowSchema references ${named}`
  return exists
    ? { status: 'False', reason: 'Found', message: `${start} and it exists` }
    : { status: 'True', reason: 'NotFound', message: `${start} but there is no such object` }
}

function report(
  { client, clock }: ComponentHost,
  apiVersion: string,
  { metadata: { name = '' }, status: { conditions = [] } }: FlowSchema,
  next: Dangling,
): void {
  const old = conditions.find(({ type }) => type === 'Dangling')
  if (old?.status === next.status && old.reason === next.reason && old.message === next.message) return
  const condition = { type: 'Dangling', lastTransitionTime: formatTime(clock.now()), ...next }
  const body = { apiVersion, kind: 'FlowSchema', metadata: { name }, status: { conditions: [condition] } }
  try {
    client.patch(
      'flowschemas',
      { name },
      { type: 'apply', body },
      { fieldManager: MANAGER, force: true, subresource: 'status' },
    )
  } catch (error) {
    // the schema has been deleted meanwhile
    if (!isApiError(error, 'NotFound')) throw error
  }
}
