import type { Clause, Origin, SideClauses, Step } from './clauses.js'
import type { Action } from '../model.js'
import { both, type Cube } from './space.js'

/**
 * A way to a verdict: what must hold, and what must not. All ways together are all points with the verdict;
 * they may overlap.
 */
export interface Path<O extends Origin | undefined = Origin | undefined> {
  readonly cube: Cube
  readonly avoid: readonly Cube[]
  /** What decides; undefined: nothing does, which allows. */
  readonly origin: O
}

const cubesOf = (clauses: readonly Clause[]): readonly Cube[] => clauses.map(({ cube }) => cube)

/** Where a step is the first that holds, of those with one of these actions. */
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

/** One after the other: what the second decides where the first leads to. */
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

/** Ways through the Admin tier that do not end there. */
const through = (admin: readonly Step[]): readonly Path[] => [...first(admin, 'Pass'), none(admin)]

const anywhere = (clauses: readonly Clause[]): readonly Path<Origin>[] =>
  clauses.map((clause) => ({ ...clause, avoid: [] }))

/** All ways in which rules come to decide, or to pass on. */
export function pathsOfRules({ admin, allows, isolates, baseline }: SideClauses): readonly Path<Origin>[] {
  const all: readonly Action[] = ['Accept', 'Deny', 'Pass']
  return [
    ...first(admin, ...all),
    ...after(through(admin), [...anywhere(allows), ...after([none(isolates)], first(baseline, ...all))]),
  ]
}

/** All ways in which one side allows. */
export function pathsToAllow({ admin, allows, isolates, baseline }: SideClauses): readonly Path[] {
  // nothing comes after the last tier, so that Pass allows there
  const last = [...first(baseline, 'Accept', 'Pass'), none(baseline)]
  return [
    ...first(admin, 'Accept'),
    ...after(through(admin), [...anywhere(allows), ...after([none(isolates)], last)]),
  ]
}

/** All ways in which one side denies. */
export function pathsToDeny({ admin, allows, isolates, baseline }: SideClauses): readonly Path<Origin>[] {
  // of all that is allowed nothing is denied
  const isolated =
    allows === isolates ? [] : isolates.map((clause) => ({ ...clause, avoid: cubesOf(allows) }))
  return [
    ...first(admin, 'Deny'),
    ...after(through(admin), [...isolated, ...after([none(isolates)], first(baseline, 'Deny'))]),
  ]
}
