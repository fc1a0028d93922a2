import type { Watch, WatchEvent } from '../../client/client.js'

/**
 * Converts a watch to an async iterator, for callers outside the simulation. It waits for the next event,
 * which happens when other code moves time or writes. Leaving the loop stops the watch.
 */
export async function* iterateWatch<T>(watch: Watch<T>): AsyncGenerator<WatchEvent<T>, void, undefined> {
  let wake: () => void = () => undefined
  watch.onReady(() => wake())
  try {
    for (;;) {
      const events = watch.next()
      if (events.length > 0) yield* events
      else await new Promise<void>((resolve) => (wake = resolve))
    }
  } finally {
    watch.stop()
  }
}
