import type { KindDefinition } from '../api/definition.js'
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
