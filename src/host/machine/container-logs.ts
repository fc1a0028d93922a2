import type { NodeHandle } from '../../cluster/nodes/node-handle.js'
import { latestContainer } from '../../kubelet/index.js'
import type { HostState } from './state.js'

/** Most lines that are kept for a container that does not exist yet. */
const MOST_WAITING = 1_000

/** The parts of a control plane's machine that its logs depend on. */
interface LoggingMachine {
  readonly name: string
  /** Undefined if the machine is not a node. */
  readonly node: NodeHandle | undefined
  readonly state: HostState
}

/** Keeps a line of a component for its container's log, if the machine is a node. */
export function keepForContainer(machine: LoggingMachine, component: string, text: string): void {
  const state = machine.state.components.get(component)
  if (state === undefined || machine.node === undefined) return
  const waiting = (state.unlogged ??= [])
  waiting.push(text)
  if (waiting.length > MOST_WAITING) waiting.shift()
}

/** Writes the kept lines of the control plane's components to the logs of their running containers. */
export function logToContainers(machine: LoggingMachine): void {
  const { node, state, name } = machine
  if (node === undefined) return
  for (const [component, each] of state.components) {
    if (each.unlogged === undefined) continue
    const pod = [...node.machine.pods()].find(
      (one) => one.namespace === 'kube-system' && one.name === `${component}-${name}`,
    )
    const container = pod && latestContainer(pod, component)
    // the kubelet may not have replaced the container of an old manifest yet
    const isNew = (container?.startedAt ?? 0) >= each.createdAt
    if (pod === undefined || container?.state !== 'running' || !isNew) continue
    if (each.hasWholeLog === true) container.hasWholeLog = true
    for (const text of each.unlogged) node.machine.processes.log(pod, container, 'stderr', `${text}\n`)
    delete each.unlogged
    delete each.hasWholeLog
  }
}
