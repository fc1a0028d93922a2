import type { NodeCondition } from '../../api/core/generated.js'
import { formatTime } from '../../api/time.js'

/** What decides a node's conditions. */
export interface NodeHealth {
  readonly networkReady: boolean
  readonly shuttingDown: boolean
}

interface Verdict {
  readonly type: string
  readonly status: 'True' | 'False'
  readonly reason: string
  readonly message: string
}

const NETWORK_NOT_READY =
  'NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized'

/** Message of the runtime while there is no pod network, also part of the event `NetworkNotReady`. */
export const NETWORK_MESSAGE: string = `container runtime network not ready: ${NETWORK_NOT_READY}`

const NO_PRESSURE: readonly Verdict[] = [
  pressure('MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
  pressure('DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
  pressure('PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
]

function pressure(type: string, reason: string, message: string): Verdict {
  return { type, status: 'False', reason, message }
}

/** The four conditions of a kubelet, in its order. Source: pkg/kubelet/nodestatus/setters.go. */
function verdicts({ networkReady, shuttingDown }: NodeHealth): readonly Verdict[] {
  const errors = [...(networkReady ? [] : [NETWORK_MESSAGE]), ...(shuttingDown ? ['node is shutting down'] : [])]
  const ready: Verdict =
    errors.length === 0
      ? { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }
      : { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: errors.length === 1 ? (errors[0] as string) : `[${errors.join(', ')}]` }
  return [...NO_PRESSURE, ready]
}

/** The conditions of a node after its kubelet has looked: its own four brought up to date, all others kept in their places. */
export function nodeConditions(old: readonly NodeCondition[], health: NodeHealth, now: number): readonly NodeCondition[] {
  const time = formatTime(now)
  const conditions = [...old]
  for (const verdict of verdicts(health)) {
    const at = conditions.findIndex(({ type }) => type === verdict.type)
    const before = conditions[at]
    const lastTransitionTime = (before?.status === verdict.status ? before.lastTransitionTime : undefined) ?? time
    const next: NodeCondition = { ...verdict, lastHeartbeatTime: time, lastTransitionTime }
    if (at < 0) conditions.push(next)
    else conditions[at] = next
  }
  return conditions
}

/** Whether a node's conditions say something else than its kubelet would; times do not count. */
export function conditionsDiffer(conditions: readonly NodeCondition[], health: NodeHealth): boolean {
  return verdicts(health).some(({ type, status, reason, message }) => {
    const known = conditions.find((condition) => condition.type === type)
    return known?.status !== status || known.reason !== reason || known.message !== message
  })
}
