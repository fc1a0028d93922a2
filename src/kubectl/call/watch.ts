import { GetWatch } from '../commands/get-watch.js'
import { selectionOf } from '../commands/get.js'
import { LogFollow } from '../commands/logs.js'
import type { KubectlEnvironment, KubectlOptions } from './environment.js'
import { KubectlError } from './errors.js'
import { prepareCall } from '../kubectl.js'
import { Output } from './output.js'

/**
 * `kubectl get ... -w` or `kubectl logs -f ...` as an async iterator of its output: first the existing
 * objects, then text for each batch of changes. Leaving the loop stops the watch; a log ends with its
 * containers. Changes arrive when other code moves time or writes. The first step throws the errors of the
 * command line and of the server (KubectlError, ApiError).
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
