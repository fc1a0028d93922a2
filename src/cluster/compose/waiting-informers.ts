import { NOT_SERVED } from '../../client/informers/list-watch-informer.js'
import type { Timer } from '../../sim/timers.js'

/** A component that waits until a kind is served, and what it calls the resource. */
export interface WaitingInformer {
  readonly component: string
  readonly resource: string
}

/** Returns the informers among timers that wait for a kind, in the order of their next attempts. */
export function waitingInformers(timers: Iterable<Timer>): readonly WaitingInformer[] {
  return [...timers].flatMap((timer) => {
    const resource = awaited(timer)
    return resource === undefined ? [] : [{ component: timer.owner, resource }]
  })
}

function awaited({ payload }: Timer): string | undefined {
  if (typeof payload !== 'object' || payload === null || !(NOT_SERVED in payload)) return undefined
  const resource = payload[NOT_SERVED]
  return typeof resource === 'string' ? resource : undefined
}
