import type { CommandLine } from './call.js'
import { KubectlError, SilentExit } from './errors.js'
import { requestTimeout } from './request-failure.js'

/** Exit code of a program that Ctrl-C killed. */
export const INTERRUPTED = 130

/** A running watch. */
export interface RunningWatch {
  /** Text of the changes since the last call; '' if there are none. */
  nextText(): string
  onReady(listener: () => void): void
  /** Whether the other side has ended it. Default: never. */
  readonly ended?: boolean
  stop(): void
}

/** Virtual ms for which an endless operation continues: until the interruption, or `otherwise`. */
export function timeLimitOf({ options }: CommandLine, otherwise: number): number {
  return options.interruptAfter ?? otherwise
}

/** Ends a command that was interrupted. Throws SilentExit; does nothing if the call has no interruption. */
export function endInterrupted({ options }: CommandLine, exitCode: number = INTERRUPTED): void {
  if (options.interruptAfter !== undefined) throw new SilentExit(exitCode)
}

/**
 * Writes the text of a watch until `--request-timeout` is over, or until it is interrupted, which gives exit
 * code 1. Virtual time moves. Throws KubectlError if neither is set.
 */
export function printWatch(call: CommandLine, open: () => RunningWatch): void {
  const { env, out, options, flags } = call
  const timeout = requestTimeout(flags)
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
