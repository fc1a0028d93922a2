import type { KindDefinition, KubeObject } from '../../api/kind/definition.js'
import type { DryRun } from '../call/dry-run.js'

/**
 * Kinds after which controllers create things that later objects of the same command need: service accounts,
 * new kinds.
 */
const FOLLOWED = new Set(['Namespace', 'CustomResourceDefinition'])

/**
 * Moves virtual time by 0 ms between two objects of a command, so that controllers act. Those of a real
 * cluster act while the next request is under way.
 */
export function letControllersAct(
  clock: { wait(ms: number): void },
  { kind }: KindDefinition,
  dryRun: DryRun,
): void {
  if (dryRun === 'none' && FOLLOWED.has(kind)) clock.wait(0)
}

/**
 * Returns the object without its resourceVersion, as kubectl sends it, so that the output of `kubectl get -o
 * yaml` can be created again. Source: cli-runtime pkg/resource/helper.go CreateWithOptions.
 */
export function unversioned<T extends KubeObject>(object: T): T {
  if (object.metadata.resourceVersion === undefined) return object
  const { resourceVersion: _, ...metadata } = object.metadata
  return { ...object, metadata }
}
