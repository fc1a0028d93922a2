import type { KubeObject } from '../../api/kind/definition.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import { describeChoice, type RequestFault } from '../execution/choice.js'
import type { Failure } from '../execution/failure.js'
import {
  type ChoiceRecord,
  isWrite,
  type RunRecord,
  type SentRequest,
  type StepRecord,
  textOf,
} from '../execution/records.js'
import { played } from '../search/repeat.js'
import type { Playing } from '../search/run.js'
import type { ViolatingRun } from '../search/shrink.js'
import { printed, type StoryLine } from './lines.js'
import { keyOf, namesOf } from './view.js'

/** Tells a run while it is played. */
export class Narration {
  readonly #root: SimCluster
  readonly #lines: StoryLine[] = []
  #steps = 0
  /** Number of what came last in between two requests of a step. */
  #between = -1

  /** `root`: the cluster before the first step. */
  constructor(root: SimCluster) {
    this.#root = root
  }

  /** Tells what happens next; a step comes after all that happened while it ran. */
  add(record: RunRecord): void {
    if ('choice' in record) return this.#choice(record)
    if (record.isNested !== true) this.#steps += 1
    const { order, view, requests } = record
    const isInterrupted = this.#between > order
    const told = requests.filter((sent) => isTold(sent, isInterrupted))
    const where = whereOf(record)
    if (told.length > 0 && view !== undefined) this.#line(record, { text: `${record.owner} ${view}`, where })
    for (const sent of told)
      this.#line(sent, { text: textOfSent(sent), where, isStarred: sent.faults?.some(isToldAtEnd) === true })
    if (record.isNested === true) this.#between = Math.max(this.#between, order)
  }

  #choice({ order, time, choice }: ChoiceRecord): void {
    const fault = choice.do === 'request' ? choice.fault : undefined
    if (fault === undefined || fault === 'lateResponse' || !isToldAtEnd(fault)) this.#between = order
    if (fault === undefined || !isToldAtEnd(fault))
      this.#line({ order, time }, { text: describeChoice(choice), isStarred: true })
  }

  /** Returns the whole story, which ends with a violation in the state of a cluster. */
  end({ property, message, cycle }: Omit<Failure, 'threw'>, cluster: SimCluster): string {
    this.#line({ order: Infinity, time: cluster.now() }, { text: `violated: ${property}: ${message}` })
    const sorted = this.#lines.toSorted((a, b) => a.order - b.order)
    const from = cycle === undefined ? 0 : sorted.findIndex(({ steps }) => steps > this.#steps - cycle)
    const lines =
      cycle === undefined
        ? printed(sorted)
        : [
            ...printed(sorted.slice(0, Math.max(from, 0))),
            `${' '.repeat(10)}  repeats from here:`,
            ...printed(sorted.slice(Math.max(from, 0))),
          ]
    return [...lines, ...stateLines(this.#root, cluster)].join('\n')
  }

  #line(
    { order, time }: { readonly order: number; readonly time: number },
    line: Pick<StoryLine, 'text' | 'where' | 'isStarred'>,
  ): void {
    this.#lines.push({ order, time: time - this.#root.now(), steps: this.#steps, ...line })
  }
}

/** Whether a fault is told with how its request ended. */
const isToldAtEnd = (fault: RequestFault): boolean =>
  fault !== 'action' && fault !== 'preempt' && fault !== 'lag'

/**
 * Writes that people want to know of, and reads that failed. Where something comes in between, it matters
 * what a component had read before.
 */
const isTold = (sent: SentRequest, isInterrupted: boolean): boolean =>
  sent.resource !== 'events' && (isWrite(sent) || sent.failed !== undefined || isInterrupted)

function textOfSent(sent: SentRequest): string {
  const { component, generated, failed, idle, faults } = sent
  const isLate = faults?.includes('lateResponse') === true
  const ends = [
    ...(generated === undefined ? [] : [generated]),
    ...(failed === undefined ? [] : [failed]),
    ...(idle === true ? ['nothing changes'] : []),
  ]
  const text = [`${component}: ${textOf(sent)}`, ...ends].join(' -> ')
  return isLate ? `${text}; everything else that is ready runs before its response arrives` : text
}

/** Names the step of a record; the component stands before it in the line. */
function whereOf({ at, step, owner, isNested }: StepRecord): string {
  const name = step.startsWith(`${owner}/`) ? step.slice(owner.length + 1) : step
  return isNested === true ? `meanwhile: ${name}` : `step ${at}: ${name}`
}

/**
 * Returns what the violating state has of each kind that has changed: `configmaps: 3: gadget (created anew),
 * gadget-a; gone: gadget-b; 1 unchanged`.
 */
function stateLines(root: SimCluster, cluster: SimCluster): readonly string[] {
  const lines: string[] = []
  const before = new Set(root.state.resources())
  for (const resource of cluster.state.resources()) {
    if (resource === 'events') continue
    const objects = cluster.state.peek(resource).filter((object) => !isRoutine(object))
    const old = before.has(resource) ? root.state.peek(resource).filter((one) => !isRoutine(one)) : []
    const known = new Set(old.map(versionOf))
    const uids = new Map(old.map((object) => [keyOf(object), object.metadata.uid]))
    const left = new Set(objects.map(keyOf))
    const changed = objects.filter((object) => !known.has(versionOf(object)))
    const gone = old.filter((object) => !left.has(keyOf(object)))
    const isAnew = (one: KubeObject): boolean =>
      (uids.get(keyOf(one)) ?? one.metadata.uid) !== one.metadata.uid
    if (changed.length + gone.length === 0) continue
    const unchanged = objects.length - changed.length
    const parts = [
      ...(changed.length === 0 ? [] : [namesOf(changed, (one) => (isAnew(one) ? ' (created anew)' : ''))]),
      ...(gone.length === 0 ? [] : [`gone: ${namesOf(gone)}`]),
      ...(unchanged === 0 ? [] : [`${unchanged} unchanged`]),
    ]
    lines.push(`${' '.repeat(12)}${resource}: ${objects.length}: ${parts.join('; ')}`)
  }
  return lines
}

const isRoutine = ({ kind, metadata }: KubeObject): boolean =>
  kind === 'Node' || metadata.namespace === 'kube-node-lease'

const versionOf = ({ metadata }: KubeObject): string => `${metadata.uid} ${metadata.resourceVersion}`

/** Plays a violation, and tells it. */
export function* storyOf({ scope, choices, failure }: ViolatingRun): Playing<string> {
  const narration = new Narration(scope.root)
  const run = { choices, cycle: failure.cycle }
  const { execution } = yield* played(scope, run, undefined, (record) => narration.add(record))
  return narration.end(failure, execution.cluster)
}
