import type { ComponentHost } from '../../client/component.js'
import type { Informer } from '../../client/informer.js'
import { attempt } from './attempt.js'

/** How often client-go's WaitForCacheSync looks, in ms. */
const SYNC_POLL = 100

/** Whether an informer has its first list; all informers have it. */
export type Synced = Pick<Informer<never>, 'synced'>

/**
 * wait.UntilWithContext as data: runs `pass` every `period` ms of virtual time, from the moment on at which
 * all `informers` are synced. The timer is a watchdog: `settle()` does not wait for it. A request that fails
 * ends the pass; the next one comes in time.
 */
export function runPeriodically(
  host: ComponentHost,
  name: string,
  period: number,
  informers: readonly Synced[],
  pass: () => void,
): void {
  const started = host.state<boolean>(`${name}/started`, () => false)
  const topic = host.handle(name, () => {
    const ready = informers.every((informer) => informer.synced)
    topic.wakeAfter('', ready ? period : SYNC_POLL, { class: 'watchdog' })
    if (ready) attempt(host, name, pass)
  })
  if (started.value) return
  started.value = true
  topic.wake('')
}
