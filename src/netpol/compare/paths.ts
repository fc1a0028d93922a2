import type { Clause, Origin, SideClauses, Step } from './clauses.js'
import type { Action } from '../model.js'
import { both, type Cube } from './space.js'

/**
 * A path to a verdict: cubes that must hold and cubes that must not. The union of all paths is exactly the
 * set of points with the verdict; paths may overlap.
 */
export interface Path<O extends Origin | undefined = Origin | undefined> {
  readonly cube: Cube
  readonly avoid: readonly Cube[]
  /** The clause that decides; undefined if none does, which means allowed. */
  readonly origin: O
}

const cubesOf = (clauses: readonly Clause[]): readonly Cube[] => clauses.map(({ cube }) => cube)

/** Returns the paths on which a step with one of these actions is the first that holds. */
function first(steps: readonly Step[], ...actions: readonly Action[]): readonly Path<Origin>[] {
  return steps.flatMap(({ cube, action, origin }, at) =>
    actions.includes(action) ? [{ cube, origin, avoid: cubesOf(steps.slice(0, at)) }] : [],
  )
}

const none = (clauses: readonly Clause[]): Path<undefined> => ({
  cube: [],
  avoid: cubesOf(clauses),
  origin: undefined,
})

/** Concatenates paths: the second list is evaluated where the first leads to. */
export function after<O extends Origin | undefined>(
  before: readonly Path[],
  next: readonly Path<O>[],
): readonly Path<O>[] {
  return before.flatMap((a) =>
    next.flatMap((b) => {
      const cube = both(a.cube, b.cube)
      return cube === undefined ? [] : [{ cube, avoid: [...a.avoid, ...b.avoid], origin: b.origin }]
    }),
  )
}

/** Returns the paths through the Admin tier that do not end there. */
const through = (admin: readonly Step[]): readonly Path[] => [...first(admin, 'Pass'), none(admin)]

const anywhere = (clauses: readonly Clause[]): readonly Path<Origin>[] =>
  clauses.map((clause) => ({ ...clause, avoid: [] }))

/** Returns all paths on which a rule decides or passes. */
export function pathsOfRules({ admin, allows, isolates, baseline }: SideClauses): readonly Path<Origin>[] {
  const all: readonly Action[] = ['Accept', 'Deny', 'Pass']
  return [
    ...first(admin, ...all),
    ...after(through(admin), [...anywhere(allows), ...after([none(isolates)], first(baseline, ...all))]),
  ]
}

/** Returns all paths on which one side allows. */
export function pathsToAllow({ admin, allows, isolates, baseline }: SideClauses): readonly Path[] {
  // Baseline is the last tier, so Pass allows there
  const last = [...first(baseline, 'Accept', 'Pass'), none(baseline)]
  return [
    ...first(admin, 'Accept'),
    ...after(through(admin), [...anywhere(allows), ...after([none(isolates)], last)]),
  ]
}

/** Returns all paths on which one side denies. */
export function pathsToDeny({ admin, allows, isolates, baseline }: SideClauses): readonly Path<Origin>[] {
  // a point that some rule allows is not denied
  const isolated =
    allows === isolates ? [] : isolates.map((clause) => ({ ...clause, avoid: cubesOf(allows) }))
  return [
    ...first(admin, 'Deny'),
    ...after(through(admin), [...isolated, ...after([none(isolates)], first(baseline, 'Deny'))]),
  ]
}
