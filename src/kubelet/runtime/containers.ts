import type { ContainerBehavior } from './behavior.js'
import type { RuntimeContainer, RuntimePod } from './state.js'

/** How a container ends. */
export type Exit = Readonly<{ code: number; reason: string }>

/** containerd's report of a container whose machine lost power. */
export const POWER_LOSS: Exit = { code: 255, reason: 'Unknown' }

/** Exit code of a process that does not handle SIGTERM. */
const TERMINATED = 143
/** Exit code after SIGKILL. */
const KILLED = 137
/** Number of records kept for each container name: the newest, and the one before it for `lastState`. */
const KEPT = 2

/** The exit with that code and the matching reason. */
export function exitOf(code: number): Exit {
  return { code, reason: code === 0 ? 'Completed' : 'Error' }
}

/** Adds a container to its pod and drops the oldest records of its name. */
export function addContainer(pod: RuntimePod, container: RuntimeContainer): void {
  const older = pod.containers.filter(({ name }) => name === container.name)
  const dropped = older.slice(0, Math.max(older.length - KEPT + 1, 0))
  pod.containers = [...pod.containers.filter((known) => !dropped.includes(known)), container]
}

/** Records the end of a container at virtual ms `now`. */
export function endContainer(container: RuntimeContainer, now: number, exit: Exit): void {
  container.state = 'exited'
  container.finishedAt = now
  container.exitCode = exit.code
  container.reason = exit.reason
  delete container.killAt
}

/**
 * Sends SIGTERM to a running container, and SIGKILL after `grace` ms. Returns when and how it ends, or
 * undefined if an end at or before that time is already planned (`due`, virtual ms): a second signal can only
 * shorten the time.
 */
export function signal(
  container: RuntimeContainer,
  { ignoresSigterm, stopTime = 0, stopExitCode = TERMINATED }: ContainerBehavior,
  now: number,
  grace: number,
  due: number | undefined,
): (Exit & { readonly after: number }) | undefined {
  const killAt = now + grace
  if (container.killAt !== undefined && container.killAt <= killAt) return undefined
  container.killAt = killAt
  if (due !== undefined && due <= killAt) return undefined
  const ends = due ?? (ignoresSigterm ? Infinity : now + stopTime)
  return { ...exitOf(ends <= killAt ? stopExitCode : KILLED), after: Math.min(ends, killAt) - now }
}
