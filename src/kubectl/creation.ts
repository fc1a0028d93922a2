import type { KindDefinition, KubeObject } from '../api/definition.js'
import type { DryRun } from './dry-run.js'

/**
 * What controllers make something of that later objects of the same command need: service accounts, new
 * kinds.
 */
const FOLLOWED = new Set(['Namespace', 'CustomResourceDefinition'])

/**
 * A command with several objects sends them one after the other, and controllers act in between: those of a
 * real cluster within the time that a request takes, these at the same instant.
 */
export function letControllersAct(
  clock: { wait(ms: number): void },
  { kind }: KindDefinition,
  dryRun: DryRun,
): void {
  if (dryRun === 'none' && FOLLOWED.has(kind)) clock.wait(0)
}

/**
 * An object as kubectl sends it to be created: without the version of the object that it was read from, so
 * that what `kubectl get -o yaml` has printed can be created again. Source: cli-runtime
 * pkg/resource/helper.go CreateWithOptions.
 */
export function unversioned<T extends KubeObject>(object: T): T {
  if (object.metadata.resourceVersion === undefined) return object
  const { resourceVersion: _, ...metadata } = object.metadata
  return { ...object, metadata }
}
