import { formatNanoTime } from '../../lang/go/time.js'
import { TabWriter } from '../../lang/text/tabwriter.js'
import { type FlowControl, queuesOf } from '../flow-control/flow-control.js'
import type { AccessAttributes } from '../authorization/authorizer.js'
import type { HttpResponse } from '../../client/http.js'
import type { PathHandler, PathRequest } from './path.js'
import { pageNotFound } from './responses.js'

/** The only request that a dump finds: the one for it, as no other takes time. */
interface Dumped {
  readonly control: FlowControl
  readonly request: PathRequest
  /** Virtual ms. */
  readonly now: number
}

/**
 * `/debug/api_priority_and_fairness/dump_priority_levels`, `dump_queues` and `dump_requests`. Source:
 * apiserver pkg/util/flowcontrol/apf_controller_debug.go.
 */
export const handleFlowControl: PathHandler = ({ flowControl, clock }, request) => {
  const name = request.path.slice(request.path.lastIndexOf('/') + 1)
  const dump = Object.hasOwn(DUMPS, name) ? DUMPS[name] : undefined
  if (flowControl === undefined || dump === undefined || request.parts.length !== 3) return pageNotFound()
  return table(dump({ control: flowControl, request, now: clock.now() }))
}

type Row = readonly (string | number | boolean)[]

const DUMPS: Readonly<Record<string, (dumped: Dumped) => readonly Row[]>> = {
  dump_priority_levels: levelRows,
  dump_queues: queueRows,
  dump_requests: requestRows,
}

function table(rows: readonly Row[]): HttpResponse {
  const text = rows.map((row) => `${row.join(',\t')}\n`).join('')
  return {
    code: 200,
    headers: { 'cache-control': 'no-cache, private', 'content-type': 'text/plain; charset=utf-8' },
    body: new TabWriter({ minWidth: 8, padding: 1 }).format(text),
  }
}

/** Where the request for the dump is executed. */
function placeOf({ control, request: { http, path, user } }: Dumped): {
  readonly level: string
  readonly schema: string
  readonly distinguisher: string
  /** Its queue; -1 in a level without queues. */
  readonly queue: number
} {
  const attributes: AccessAttributes = { verb: http.method.toLowerCase(), path }
  const flow = control.classify(user, attributes)
  const { distinguisher, queues } = queuesOf(flow, user, attributes)
  const level = flow.level.object.metadata.name ?? ''
  const earlier = sum(control.dispatched().filter((one) => one.level === level)) - 1
  const queue = queues.length === 0 ? -1 : (queues[earlier % queues.length] as number)
  return { level, schema: flow.schema.metadata.name ?? '', distinguisher, queue }
}

const sum = (counts: readonly { readonly count: number }[]): number =>
  counts.reduce((total, { count }) => total + count, 0)

function levelRows(dumped: Dumped): readonly Row[] {
  const { control } = dumped
  const own = placeOf(dumped).level
  const counts = control.dispatched()
  const rows = [...control.levels.keys()].map((level) => {
    const dispatched = sum(counts.filter((one) => one.level === level))
    return [level, 0, level !== own, false, 0, level === own ? 1 : 0, dispatched, 0, 0, 0]
  })
  return [
    [
      'PriorityLevelName',
      'ActiveQueues',
      'IsIdle',
      'IsQuiescing',
      'WaitingRequests',
      'ExecutingRequests',
      'DispatchedRequests',
      'RejectedRequests',
      'TimedoutRequests',
      'CancelledRequests',
    ],
    ...rows,
  ]
}

const NO_SEATS = '0.00000000ss'

function queueRows(dumped: Dumped): readonly Row[] {
  const own = placeOf(dumped)
  const rows = [...dumped.control.levels].flatMap(([level, { object }]) => {
    const { queues = 0 } = object.spec.limited?.limitResponse.queuing ?? {}
    return Array.from({ length: queues }, (_, index) => {
      const executing = level === own.level && index === own.queue ? 1 : 0
      return [level, index, 0, executing, executing, NO_SEATS, 0, 0, NO_SEATS]
    })
  })
  return [
    [
      'PriorityLevelName',
      'Index',
      'PendingRequests',
      'ExecutingRequests',
      'SeatsInUse',
      'NextDispatchR',
      'InitialSeatsSum',
      'MaxSeatsSum',
      'TotalWorkSum',
    ],
    ...rows,
  ]
}

function requestRows(dumped: Dumped): readonly Row[] {
  const { now, request } = dumped
  const { level, schema, distinguisher, queue } = placeOf(dumped)
  const time = formatNanoTime(now)
  const isDetailed = (request.query.get('includeRequestDetails') ?? '') !== ''
  return [
    [
      'PriorityLevelName',
      'FlowSchemaName',
      'QueueIndex',
      'RequestIndexInQueue',
      'FlowDistingsher',
      'ArriveTime',
      'InitialSeats',
      'FinalSeats',
      'AdditionalLatency',
      'StartTime',
      ...(isDetailed
        ? ['UserName', 'Verb', 'APIPath', 'Namespace', 'Name', 'APIVersion', 'Resource', 'SubResource']
        : []),
    ],
    [
      ...[level, schema, queue, -1, distinguisher, time, 1, 0, '0s', time],
      ...(isDetailed
        ? [request.user.name, request.http.method.toLowerCase(), request.path, '', '', '', '', '']
        : []),
    ],
  ]
}
