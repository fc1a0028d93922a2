import { InputError } from '../../lang/input-error.js'
import { isThenable } from '../../lang/synchronous.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { ExploredAction } from '../options.js'

/** Thrown if an action cannot be done in the state that a run has come to. */
export class ActionFailed extends Error {
  constructor(name: string, what: string, cause?: unknown) {
    super(`the action "${name}" failed: ${what}`, { cause })
    this.name = 'ActionFailed'
  }
}

/**
 * Does an action. @throws ActionFailed if it throws, or a kubectl command of it fails at once, without having
 * changed anything
 */
export function perform({ name, do: act }: ExploredAction, cluster: SimCluster): void {
  const failures: string[] = []
  const kubectl = cluster.kubectl.bind(cluster)
  const watched = (...args: Parameters<SimCluster['kubectl']>): ReturnType<SimCluster['kubectl']> => {
    const before = placeOf(cluster)
    const result = kubectl(...args)
    const { exitCode, stderr, stdout } = result
    if (exitCode !== 0 && placeOf(cluster) === before)
      failures.push(`kubectl ${String(args[0])}: ${(stderr || stdout).trim()}`)
    return result
  }
  Object.defineProperty(cluster, 'kubectl', { value: watched, configurable: true })
  let result: unknown
  try {
    result = act(cluster)
  } catch (error) {
    throw new ActionFailed(name, error instanceof Error ? error.message : String(error), error)
  } finally {
    Reflect.deleteProperty(cluster, 'kubectl')
  }
  if (isThenable(result)) {
    result.then(undefined, () => undefined) // this error says what is wrong
    throw new InputError(`the action "${name}" is async: what it awaits would happen outside of the run`)
  }
  const [first] = failures
  if (first !== undefined) throw new ActionFailed(name, first)
}

/** What changes if anything has happened. */
const placeOf = (cluster: SimCluster): string => `${cluster.internals.etcd.revision} ${cluster.now()}`
