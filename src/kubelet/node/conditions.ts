import type { NodeCondition } from '../../api/core/generated.js'
import { formatTime } from '../../lang/go/time.js'
import type { PressureType } from './eviction.js'

/** What a node's conditions depend on. */
export interface ConditionInputs {
  /** Whether the container runtime responds. */
  readonly runtimeResponds: boolean
  readonly networkReady: boolean
  readonly shuttingDown: boolean
  /** Pressure conditions that are true. */
  readonly pressures: readonly PressureType[]
}

interface NodeConditionValue {
  readonly type: string
  readonly status: 'True' | 'False'
  readonly reason: string
  readonly message: string
}

const NETWORK_NOT_READY =
  'NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin ' +
  'not initialized'

/** Message of the runtime while there is no pod network, also part of the event `NetworkNotReady`. */
export const NETWORK_MESSAGE: string = `container runtime network not ready: ${NETWORK_NOT_READY}`

const NO_PRESSURE: readonly NodeConditionValue[] = [
  pressure('MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
  pressure('DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
  pressure('PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
]

function pressure(type: string, reason: string, message: string): NodeConditionValue {
  return { type, status: 'False', reason, message }
}

const UNDER_PRESSURE: Readonly<Record<PressureType, NodeConditionValue>> = {
  MemoryPressure: {
    type: 'MemoryPressure',
    status: 'True',
    reason: 'KubeletHasInsufficientMemory',
    message: 'kubelet has insufficient memory available',
  },
  DiskPressure: {
    type: 'DiskPressure',
    status: 'True',
    reason: 'KubeletHasDiskPressure',
    message: 'kubelet has disk pressure',
  },
  PIDPressure: {
    type: 'PIDPressure',
    status: 'True',
    reason: 'KubeletHasInsufficientPID',
    message: 'kubelet has insufficient PID available',
  },
}

/** Reasons of the events when a condition becomes false or true. */
export const PRESSURE_EVENTS: Readonly<Record<PressureType, readonly [string, string]>> = {
  MemoryPressure: ['NodeHasSufficientMemory', 'NodeHasInsufficientMemory'],
  DiskPressure: ['NodeHasNoDiskPressure', 'NodeHasDiskPressure'],
  PIDPressure: ['NodeHasSufficientPID', 'NodeHasInsufficientPID'],
}

function verdictsFor(errors: readonly string[]): readonly NodeConditionValue[] {
  const message = errors.length === 1 ? (errors[0] as string) : `[${errors.join(', ')}]`
  const ready: NodeConditionValue =
    errors.length === 0
      ? { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }
      : { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message }
  return [...NO_PRESSURE, ready]
}

/** Message of a node whose container runtime does not respond. Source: pkg/kubelet/runtime.go. */
export const RUNTIME_DOWN = 'container runtime is down'
const SHUTTING_DOWN = 'node is shutting down'
// compared every ten seconds for every node, so made only once
const HEALTHY = verdictsFor([])
const NO_NETWORK = verdictsFor([NETWORK_MESSAGE])
const STOPPING = verdictsFor([SHUTTING_DOWN])
const STOPPING_WITHOUT_NETWORK = verdictsFor([NETWORK_MESSAGE, SHUTTING_DOWN])

function calmVerdicts({
  runtimeResponds,
  networkReady,
  shuttingDown,
}: Omit<ConditionInputs, 'pressures'>): readonly NodeConditionValue[] {
  if (!runtimeResponds)
    return verdictsFor([
      RUNTIME_DOWN,
      ...(networkReady ? [] : [NETWORK_MESSAGE]),
      ...(shuttingDown ? [SHUTTING_DOWN] : []),
    ])
  return shuttingDown
    ? networkReady
      ? STOPPING
      : STOPPING_WITHOUT_NETWORK
    : networkReady
      ? HEALTHY
      : NO_NETWORK
}

/** The four conditions that a kubelet sets, in its order. Source: pkg/kubelet/nodestatus/setters.go. */
function verdicts({ pressures, ...health }: ConditionInputs): readonly NodeConditionValue[] {
  const calm = calmVerdicts(health)
  if (pressures.length === 0) return calm
  return calm
    .map((verdict) => pressures.find((type) => type === verdict.type))
    .map((type, at) => (type ? UNDER_PRESSURE[type] : (calm[at] as NodeConditionValue)))
}

/** Updates the kubelet's own four conditions of a node; all others keep their places. */
export function nodeConditions(
  old: readonly NodeCondition[],
  health: ConditionInputs,
  now: number,
): readonly NodeCondition[] {
  const time = formatTime(now)
  const conditions = [...old]
  for (const verdict of verdicts(health)) {
    const at = conditions.findIndex(({ type }) => type === verdict.type)
    const before = conditions[at]
    const lastTransitionTime =
      (before?.status === verdict.status ? before.lastTransitionTime : undefined) ?? time
    const { type, status, reason, message } = verdict
    const next: NodeCondition = { type, status, reason, message, lastHeartbeatTime: time, lastTransitionTime }
    if (at < 0) conditions.push(next)
    else conditions[at] = next
  }
  return conditions
}

/** Whether a node's conditions differ from its kubelet's, ignoring times. */
export function conditionsDiffer(conditions: readonly NodeCondition[], health: ConditionInputs): boolean {
  return verdicts(health).some((verdict) => !conditions.some((condition) => says(condition, verdict)))
}

function says(condition: NodeCondition, { type, status, reason, message }: NodeConditionValue): boolean {
  return (
    condition.type === type &&
    condition.status === status &&
    condition.reason === reason &&
    condition.message === message
  )
}
