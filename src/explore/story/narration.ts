import type { KubeObject } from '../../api/kind/definition.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import { describeChoice } from '../choice.js'
import type { Failure } from '../failure.js'
import { isWrite, type RunRecord, type SentRequest, type StepRecord, textOf } from '../records.js'
import { played } from '../repeat.js'
import type { Playing } from '../run.js'
import type { Violation } from '../shrink.js'
import { namesOf } from './view.js'

/** Tells a run while it is played. */
export class Narration {
  readonly #root: SimCluster
  readonly #lines: { readonly order: number; readonly line: string; readonly steps: number }[] = []
  #steps = 0

  /** `root`: the cluster before the first step. */
  constructor(root: SimCluster) {
    this.#root = root
  }

  /** Tells what happens next. */
  add(record: RunRecord): void {
    if ('choice' in record) return this.#line(record, `* ${describeChoice(record.choice)}`)
    if (record.isNested !== true) this.#steps += 1
    const told = record.requests.filter((sent) => isTold(sent))
    if (told.length > 0 && record.view !== undefined)
      this.#line(record, `${record.owner} ${record.view}   (step ${record.at}: ${record.step})`)
    for (const sent of told) this.#line(sent, lineOf(record, sent))
  }

  /** Returns the whole story, which ends with a violation in the state of a cluster. */
  end({ property, message, cycle }: Omit<Failure, 'threw'>, cluster: SimCluster): string {
    this.#line({ order: Infinity, time: cluster.now() }, `violated: ${property}: ${message}`)
    const sorted = this.#lines.toSorted((a, b) => a.order - b.order)
    const lines = sorted.map(({ line }) => line)
    if (cycle !== undefined) {
      const from = sorted.findIndex(({ steps }) => steps > this.#steps - cycle)
      lines.splice(Math.max(from, 0), 0, `${' '.repeat(10)}  repeats from here:`)
    }
    return [...lines, ...stateLines(this.#root, cluster)].join('\n')
  }

  #line({ order, time }: { readonly order: number; readonly time: number }, text: string): void {
    const seconds = `${((time - this.#root.now()) / 1000).toFixed(3)}s`.padStart(10)
    this.#lines.push({ order, line: `${seconds}  ${text}`, steps: this.#steps })
  }
}

/** Writes that people want to know of, and reads that failed. */
const isTold = (sent: SentRequest): boolean =>
  sent.resource !== 'events' && (isWrite(sent) || sent.failed !== undefined)

function lineOf({ at, step, isNested }: StepRecord, sent: SentRequest): string {
  const { component, generated, failed, idle } = sent
  const ends = [
    ...(generated === undefined ? [] : [`-> ${generated}`]),
    ...(failed === undefined ? [] : [`-> ${failed}`]),
    ...(idle === true ? ['-> nothing changes'] : []),
  ]
  const where = isNested === true ? `meanwhile: ${step}` : `step ${at}: ${step}`
  return `${component}: ${textOf(sent)} ${ends.join(' ')}`.trimEnd() + `   (${where})`
}

/**
 * Returns what the violating state has of each kind that has changed: `configmaps: 3: gadget, gadget-a, ...`.
 */
function stateLines(root: SimCluster, cluster: SimCluster): readonly string[] {
  const lines: string[] = []
  for (const resource of cluster.state.resources()) {
    if (resource === 'events') continue
    const objects = cluster.state.peek(resource).filter((object) => !isRoutine(object))
    const before = root.state.resources().includes(resource)
      ? root.state.peek(resource).filter((object) => !isRoutine(object))
      : []
    if (versionsOf(objects) === versionsOf(before)) continue
    const known = new Set(before.map(versionOf))
    const changed = objects.filter((object) => !known.has(versionOf(object)))
    const others = objects.filter((object) => known.has(versionOf(object)))
    const names = objects.length === 0 ? '' : `: ${namesOf([...changed, ...others])}`
    lines.push(`${' '.repeat(12)}${resource}: ${objects.length}${names}`)
  }
  return lines
}

const isRoutine = ({ kind, metadata }: KubeObject): boolean =>
  kind === 'Node' || metadata.namespace === 'kube-node-lease'

const versionOf = ({ metadata }: KubeObject): string => `${metadata.uid} ${metadata.resourceVersion}`

const versionsOf = (objects: readonly KubeObject[]): string => objects.map(versionOf).join()

/** Plays a violation, and tells it. */
export function* storyOf({ scope, choices, failure }: Violation): Playing<string> {
  const narration = new Narration(scope.root)
  const run = { choices, cycle: failure.cycle }
  const { execution } = yield* played(scope, run, undefined, (record) => narration.add(record))
  return narration.end(failure, execution.cluster)
}
