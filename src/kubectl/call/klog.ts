import type { CommandLine } from './call.js'

type Logged = Pick<CommandLine, 'env' | 'out'>

/** Writes a warning as klog does: with the time, a process id and the source location. */
export const logWarning = (call: Logged, place: string, text: string): void => log(call, 'W', place, text)

/** Writes an informational message as klog does. */
export const logInfo = (call: Logged, place: string, text: string): void => log(call, 'I', place, text)

/** Writes an error as klog does. */
export const logError = (call: Logged, place: string, text: string): void => log(call, 'E', place, text)

/** Writes a fatal error as klog does. */
export const logFatal = (call: Logged, place: string, text: string): void => log(call, 'F', place, text)

function log({ env, out }: Logged, severity: string, place: string, text: string): void {
  const [, month, day, time] =
    /^\d+-(\d\d)-(\d\d)T([\d:.]+)Z$/.exec(new Date(env.clock.now()).toISOString()) ?? []
  out.errorLine(`${severity}${month}${day} ${time}000       1 ${place}] ${text}`)
}
