import type { Clause, Origin, SideClauses } from './clauses.js'
import { both, type Cube } from './space.js'

/** A way to a verdict: what must hold, and what must not. All ways together are all points with the verdict; they may overlap. */
export interface Path {
  readonly cube: Cube
  readonly avoid: readonly Cube[]
  /** What decides; undefined: nothing does, which allows. */
  readonly origin: Origin | undefined
}

/** Ways through the Admin tier that do not end there. */
function throughAdmin(admin: readonly Clause[]): readonly Path[] {
  const deciding = admin.filter(({ action }) => action !== 'Pass')
  const passes = admin.flatMap(({ cube, action, origin }, at): readonly Path[] => {
    if (action !== 'Pass') return []
    return [{ cube, avoid: admin.slice(0, at).filter((each) => each.action !== 'Pass').map((each) => each.cube), origin }]
  })
  return [...passes, { cube: [], avoid: deciding.map(({ cube }) => cube), origin: undefined }]
}

/** Clauses that decide for one action, in a list whose first clause that holds decides; others must not come first. */
function deciding(clauses: readonly Clause[], isWanted: (clause: Clause) => boolean): readonly Path[] {
  return clauses.flatMap((clause, at) => {
    if (!isWanted(clause)) return []
    return [{ cube: clause.cube, origin: clause.origin, avoid: clauses.slice(0, at).filter((each) => !isWanted(each)).map(({ cube }) => cube) }]
  })
}

/** One after the other: what the second decides where the first leads to. */
export function after(first: readonly Path[], second: readonly Path[]): readonly Path[] {
  return first.flatMap((a) => second.flatMap((b) => {
    const cube = both(a.cube, b.cube)
    return cube === undefined ? [] : [{ cube, avoid: [...a.avoid, ...b.avoid], origin: b.origin }]
  }))
}

const cubesOf = (clauses: readonly Clause[]): readonly Cube[] => clauses.map(({ cube }) => cube)
const isDeny = ({ action }: Clause): boolean => action === 'Deny'
const isAllow = ({ action }: Clause): boolean => action === 'Accept'
// nothing comes after the last tier, so that Pass allows there
const isNoDeny = ({ action }: Clause): boolean => action !== 'Deny'

/** All ways in which one side allows. */
export function pathsToAllow({ admin, allows, isolates, baseline }: SideClauses): readonly Path[] {
  const narrow = allows.map(({ cube, origin }): Path => ({ cube, avoid: [], origin }))
  const last: readonly Path[] = [
    ...deciding(baseline, isNoDeny),
    { cube: [], avoid: cubesOf(baseline.filter(isDeny)), origin: undefined },
  ]
  const open: Path = { cube: [], avoid: cubesOf(isolates), origin: undefined }
  return [...deciding(admin, isAllow), ...after(throughAdmin(admin), [...narrow, ...after([open], last)])]
}

/** All ways in which one side denies. */
export function pathsToDeny({ admin, allows, isolates, baseline }: SideClauses): readonly Path[] {
  const isolated = isolates.map(({ cube, origin }): Path => ({ cube, avoid: cubesOf(allows), origin }))
  // where all that is isolated is also allowed (traffic that no NetworkPolicy blocks), it does not get to the last tier either
  const open: Path = { cube: [], avoid: cubesOf(isolates.length > 0 ? isolates : allows), origin: undefined }
  return [...deciding(admin, isDeny), ...after(throughAdmin(admin), [...isolated, ...after([open], deciding(baseline, isDeny))])]
}
