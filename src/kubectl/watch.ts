import { GetWatch } from './commands/get-watch.js'
import { selectionOf } from './commands/get.js'
import { LogFollow } from './commands/logs.js'
import type { KubectlEnvironment, KubectlOptions } from './environment.js'
import { KubectlError } from './errors.js'
import { prepareCall } from './kubectl.js'
import { Output } from './output.js'

/**
 * `kubectl get ... -w` or `kubectl logs -f ...` as an async iterator of what it prints: first the table that
 * is there, then text for each batch of changes. Ends when the loop is left, which stops the watch, and a log
 * when its containers end. Changes come when someone else moves time or writes. Throws, at the first step,
 * what the command line or the server is guilty of (KubectlError, ApiError).
 */
export async function* kubectlWatch(
  env: KubectlEnvironment,
  command: string | readonly string[],
  options: KubectlOptions = {},
): AsyncGenerator<string, void, undefined> {
  const { call } = prepareCall(env, command, options, new Output())
  if (call.command !== 'get' && call.command !== 'logs')
    throw new KubectlError(`kubectl ${call.command} cannot be watched`)
  const watch = call.command === 'logs' ? new LogFollow(call) : new GetWatch(call, selectionOf(call))
  let wake: () => void = () => undefined
  try {
    const initial = watch.initialText()
    if (watch instanceof GetWatch) watch.start()
    watch.onReady(() => wake())
    if (initial !== '') yield initial
    for (;;) {
      const text = watch.nextText()
      if (text !== '') yield text
      else if ('ended' in watch && watch.ended) return
      else await new Promise<void>((resolve) => (wake = resolve))
    }
  } finally {
    watch.stop()
  }
}
