import type { NodeHandle } from '../../cluster/nodes/node-handle.js'
import { latestContainer } from '../../kubelet/index.js'
import type { HostState } from './state.js'

/** Lines that wait for a container to come. */
const MOST_WAITING = 1_000

/** The machine of a control plane, as far as its logs go. */
interface LoggingMachine {
  readonly name: string
  /** Undefined where it is no node. */
  readonly node: NodeHandle | undefined
  readonly state: HostState
}

/**
 * Whether a component of the control plane is a pod of its machine's node, and so has a log that `kubectl
 * logs` reads.
 */
const isPod = ({ node, state }: LoggingMachine): boolean => node !== undefined && !state.made

/** A component of the control plane has said something: its container's log is to have it too. */
export function keepForContainer(machine: LoggingMachine, component: string, text: string): void {
  const state = machine.state.components.get(component)
  if (state === undefined || !isPod(machine)) return
  const waiting = (state.unlogged ??= [])
  waiting.push(text)
  if (waiting.length > MOST_WAITING) waiting.shift()
}

/**
 * Writes what the components of the control plane have said to the logs of their containers, as far as these
 * run.
 */
export function logToContainers(machine: LoggingMachine): void {
  const { node, state, name } = machine
  if (node === undefined || !isPod(machine)) return
  for (const [component, each] of state.components) {
    if (each.unlogged === undefined) continue
    const pod = [...node.machine.pods()].find(
      (one) => one.namespace === 'kube-system' && one.name === `${component}-${name}`,
    )
    const container = pod && latestContainer(pod, component)
    if (pod === undefined || container?.state !== 'running') continue
    for (const text of each.unlogged) node.machine.processes.log(pod, container, 'stderr', `${text}\n`)
    delete each.unlogged
  }
}
