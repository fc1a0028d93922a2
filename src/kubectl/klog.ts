import type { Call } from './call.js'

/** Writes a warning as klog does: with the time, a process id and the place in the source. */
export function logWarning({ env, out }: Pick<Call, 'env' | 'out'>, place: string, text: string): void {
  const [, month, day, time] = /^\d+-(\d\d)-(\d\d)T([\d:.]+)Z$/.exec(new Date(env.clock.now()).toISOString()) ?? []
  out.errorLine(`W${month}${day} ${time}000       1 ${place}] ${text}`)
}
