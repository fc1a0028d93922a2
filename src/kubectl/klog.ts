import type { Call } from './call.js'

type Logged = Pick<Call, 'env' | 'out'>

/** Writes a warning as klog does: with the time, a process id and the place in the source. */
export const logWarning = (call: Logged, place: string, text: string): void => log(call, 'W', place, text)

/** The same of what is worth knowing. */
export const logInfo = (call: Logged, place: string, text: string): void => log(call, 'I', place, text)

/** The same of an error. */
export const logError = (call: Logged, place: string, text: string): void => log(call, 'E', place, text)

/** The same of what ends the program. */
export const logFatal = (call: Logged, place: string, text: string): void => log(call, 'F', place, text)

function log({ env, out }: Logged, severity: string, place: string, text: string): void {
  const [, month, day, time] =
    /^\d+-(\d\d)-(\d\d)T([\d:.]+)Z$/.exec(new Date(env.clock.now()).toISOString()) ?? []
  out.errorLine(`${severity}${month}${day} ${time}000       1 ${place}] ${text}`)
}
