import { toMillis } from '../sim/duration.js'
import type { Call } from './call.js'
import { KubectlError, SilentExit } from './errors.js'

/** Exit code of a program that Ctrl-C has ended without its doing. */
export const INTERRUPTED = 130

/** What a watch under way gives. */
export interface Watching {
  /** What has happened since the last call, '' if nothing has. */
  nextText(): string
  onReady(listener: () => void): void
  /** Whether the other side has ended it. Default: it never does. */
  readonly ended?: boolean
  stop(): void
}

/**
 * How long, in virtual ms, what does not end by itself goes on: until it is interrupted, or for `otherwise`.
 */
export function patienceOf({ options }: Call, otherwise: number): number {
  return options.interruptAfter ?? otherwise
}

/**
 * Ends a command that went on until it was interrupted. Throws SilentExit; does nothing where nobody
 * interrupts.
 */
export function endInterrupted({ options }: Call, exitCode: number = INTERRUPTED): void {
  if (options.interruptAfter !== undefined) throw new SilentExit(exitCode)
}

/**
 * Writes what a watch gives until `--request-timeout` is over, or until it is interrupted: then the exit code
 * is 1. Virtual time moves. Throws KubectlError when neither is said.
 */
export function watchOn(call: Call, open: () => Watching): void {
  const { env, out, options, flags } = call
  const timeout = toMillis(flags.string('request-timeout', '0'))
  if (timeout === 0 && options.interruptAfter === undefined) {
    throw new KubectlError(
      'a watch without --request-timeout would never end here: say when it is interrupted ' +
        '(interruptAfter), or use kubectlWatch(), which is an async iterable',
    )
  }
  const watch = open()
  try {
    const start = env.clock.now()
    const isInterrupted =
      options.interruptAfter !== undefined && (timeout === 0 || options.interruptAfter < timeout)
    const end = start + (isInterrupted ? options.interruptAfter : timeout)
    let happened = true
    watch.onReady(() => (happened = true))
    for (;;) {
      if (happened) {
        happened = false
        out.write(watch.nextText())
      }
      if (watch.ended === true) return
      if (env.clock.now() >= end) break
      env.until(() => happened || watch.ended === true, end - env.clock.now())
    }
    if (isInterrupted) throw new SilentExit(1)
  } finally {
    watch.stop()
  }
}
