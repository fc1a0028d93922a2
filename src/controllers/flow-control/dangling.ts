import { quote } from '../../lang/go/quote.js'
import type { FlowSchema } from '../../api/flowcontrol/generated.js'
import { formatTime } from '../../lang/go/time.js'
import { isApiError } from '../../client/api-error.js'
import type { ComponentHost } from '../../client/component.js'

/** Field manager of the conditions that the controller applies. */
const MANAGER = 'api-priority-and-fairness-config-consumer-v1'

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

/**
 * Says in the Dangling condition of a FlowSchema whether its PriorityLevelConfiguration exists. Source:
 * apiserver pkg/util/flowcontrol/apf_controller.go presyncFlowSchemaStatus.
 */
export function reportDangling(
  { client, clock }: ComponentHost,
  apiVersion: string,
  { metadata: { name = '' }, spec, status: { conditions = [] } }: FlowSchema,
  exists: boolean,
): void {
  const next = danglingOf(spec.priorityLevelConfiguration.name, exists)
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
