import { LEARNER } from '../../src/course/learner.js'
import type { Step } from '../../src/course/chapter.js'
import { Playback } from '../../src/course/playback.js'
import { startCluster } from '../../src/course/start.js'
import { toMillis } from '../../src/sim/duration.js'
import type { ClusterView } from '../../src/view/index.js'
import { viewOf } from '../../src/view/index.js'
import { SimCluster } from 'simcluster'
import type { Host } from 'simcluster/host'
import type { Desk, Judgement, Lesson, Sentence } from 'simcluster/lessons'
import { drawExam, drawLesson, openDesk } from 'simcluster/lessons'
import { hasSameEffect } from '../../src/course/effect.js'
import type { Typed } from '../../src/course/playback.js'
import {
  type Action,
  type Deed,
  type Place,
  type PlainAction,
  type StepAt,
  NOTHING,
  perform,
  type Printed,
} from '../../src/course/deed.js'
import { countDone, withAction } from './actions.js'
import { chapterOf } from './guide/course.js'
import { accidentOn, type Happened, waited } from './cluster/happened.js'
import { framePace } from './pace.js'

/** The cluster after an action. */
export interface Frame {
  /** What led to it. */
  readonly what: Happened
  readonly view: ClusterView
  readonly actions: readonly Action[]
  /** A copy that nobody touches. */
  readonly playback: Playback
}

/** What a learner has asked about a lesson. */
interface Asked {
  readonly advice: Sentence[]
  /** How many of the lesson's hints were given or tried. */
  told: number
  /** Whether there are no more hints. */
  isAtEnd: boolean
  judgement: Judgement | undefined
  /** How many actions there were when the learner last asked for a check; -1 for never. */
  checkedAt: number
}

const MOST_FRAMES = 200

/** A learner's cluster with its history. Actions run one after the other. */
export class Session {
  readonly place: Place
  #playback: Playback
  #actions: readonly Action[] = []
  #frames: Frame[]
  #at = 0
  #watch: AsyncIterator<string> | undefined
  /** The lesson, if the place is one, or a task of an exam. */
  readonly lesson: Lesson | undefined
  /** The advice that the learner has asked for, and the last verdict on the lesson. */
  readonly asked: Asked = { advice: [], told: 0, isAtEnd: false, judgement: undefined, checkedAt: -1 }
  /** What the learner has predicted, by the question. */
  readonly guesses: Map<string, string> = new Map()
  #queue: Promise<unknown> = Promise.resolve()
  /** Actions that were asked for and are not done yet. */
  #left = 0
  /** Called when an action has been asked for. */
  onAsked: () => void = () => undefined
  /** Called when something has changed that a page shows. */
  onChange: () => void = () => undefined
  /** Called while the cluster moves, before the browser has its turn. */
  onMoving: () => void = () => undefined
  /** Receives what a watch prints. */
  onWatched: (text: string) => void = () => undefined

  private constructor(place: Place, playback: Playback) {
    this.place = place
    this.lesson = lessonAt(place)
    this.#playback = playback
    this.#frames = [this.#frame('')]
  }

  static async open(place: Place): Promise<Session> {
    return new Session(place, await playbackOf(place))
  }

  /** Opens a place and does again what was done there. `goesOn` is called after that, and after each action. */
  static async replay({ place, actions }: Deed, goesOn?: () => void): Promise<Session> {
    const session = await Session.open(place)
    goesOn?.()
    for (const action of actions) {
      await session.perform(action)
      goesOn?.()
    }
    return session
  }

  get frames(): readonly Frame[] {
    return this.#frames
  }

  /** Index of the frame that is looked at. */
  get at(): number {
    return this.#at
  }

  /** Whether the present is looked at. */
  get isLive(): boolean {
    return this.#at === this.#frames.length - 1
  }

  get view(): ClusterView {
    return this.isLive ? viewOf(this.#playback.cluster) : (this.#frames[this.#at] as Frame).view
  }

  /** The cluster that is looked at; one of the past must not be moved. */
  get cluster(): SimCluster {
    return this.isLive ? this.#playback.cluster : (this.#frames[this.#at] as Frame).playback.cluster
  }

  get host(): Host {
    return (this.isLive ? this.#playback : (this.#frames[this.#at] as Frame).playback).host
  }

  get actions(): readonly Action[] {
    return this.isLive ? this.#actions : (this.#frames[this.#at] as Frame).actions
  }

  /** What was typed so far. */
  get typed(): readonly Typed[] {
    return (this.isLive ? this.#playback : (this.#frames[this.#at] as Frame).playback).typed
  }

  /** Steps of the chapter that were done, by a button or by a line with the same effect. */
  get done(): ReadonlySet<string> {
    return new Set(
      this.actions.flatMap((action) => {
        if (action.do === 'play') return [`${action.section}.${action.step}`]
        return action.do === 'type' && action.step !== undefined ? [action.step.join('.')] : []
      }),
    )
  }

  /** Whether an action runs, or waits for one that does. */
  get isActing(): boolean {
    return this.#left > 0
  }

  get isWatching(): boolean {
    return this.#watch !== undefined
  }

  /** The desk for a check of the lesson. */
  get desk(): Desk {
    return { cluster: this.cluster, master: this.host }
  }

  /** What has been done; an action that still moves the cluster is not among it. */
  deed(): Deed {
    const { actions, playback } = this.#frames[this.#at] as Frame
    return { place: this.place, actions, traceHash: playback.cluster.state.traceHash() }
  }

  /** Looks at a frame. */
  look(at: number): void {
    this.#at = Math.max(0, Math.min(at, this.#frames.length - 1))
    this.onChange()
  }

  /** Goes on from the frame that is looked at. What came after it is forgotten. */
  branch(): void {
    if (this.isLive) return
    this.#endWatch()
    this.#frames = this.#frames.slice(0, this.#at + 1)
    const { playback, actions } = this.#frames[this.#at] as Frame
    this.#playback = playback.fork()
    this.#actions = actions
    this.onChange()
  }

  /** Takes back what the learner did last. Returns whether there was something. */
  undo(): boolean {
    const done = countDone(this.#actions)
    const before = this.#frames.findLastIndex(({ actions }) => countDone(actions) < done)
    if (!this.isLive || before < 0) return false
    this.#at = before
    this.branch()
    return true
  }

  /**
   * Types a line. In a chapter it counts as the next command of `open` if its effect is the same.
   */
  async type(line: string, open: readonly StepAt[]): Promise<Printed> {
    const [at] = open
    const step = at === undefined ? undefined : this.#stepOf(...at)
    if (at === undefined || step?.kind !== 'command' || !this.isLive)
      return this.perform({ do: 'type', line })
    const isSame = await hasSameEffect(this.#playback, step.line, line, step.machine)
    return this.perform({ do: 'type', line, ...(isSame ? { step: at } : {}) })
  }

  /** Does something to the cluster and notes it. @throws Error if the past is looked at */
  perform(action: Action): Promise<Printed> {
    this.#left++
    this.onAsked()
    const result = this.#queue.then(() => this.#perform(action))
    this.#queue = result.catch(() => undefined)
    return result
  }

  async #perform(action: Action): Promise<Printed> {
    try {
      if (!this.isLive) throw new Error('the past cannot be changed: go on from there first')
      return await this.#actAndNote(action)
    } finally {
      this.#left--
      this.onChange()
      await Promise.resolve()
    }
  }

  async #actAndNote(action: Action): Promise<Printed> {
    const playback = this.#playback
    try {
      return await this.#act(action)
    } finally {
      // also a failure may have moved the cluster; a past from which the learner goes on does not have it
      if (this.#playback === playback) {
        this.#actions = withAction(this.#actions, action)
        this.#record(action)
      }
    }
  }

  async #act(action: Action): Promise<Printed> {
    const pace = framePace(() => this.onMoving())
    switch (action.do) {
      case 'play': {
        const step = this.#stepOf(action.section, action.step)
        const move = movedBy(step)
        return move === undefined ? this.#playback.play(step) : perform(this.#playback, move, pace)
      }
      case 'watch':
        await this.#startWatch(action.line)
        return NOTHING
      case 'unwatch':
        this.#endWatch()
        return NOTHING
      default:
        return perform(this.#playback, action, pace)
    }
  }

  /** What `kubectl edit` would show in the editor. It runs on a fork. Returns the error if there is one. */
  textToEdit(line: string): { readonly text: string } | { readonly error: string } {
    let shown: string | undefined
    const { stderr } = this.cluster.fork().kubectl(line, { editor: (text) => (shown ??= text) })
    return shown === undefined ? { error: stderr } : { text: shown }
  }

  async #startWatch(line: string): Promise<void> {
    this.#endWatch()
    const watch = this.#playback.cluster.kubectlWatch(line)[Symbol.asyncIterator]()
    this.#watch = watch
    const first = watch.next()
    // an error of the command line comes with the first text; a watch of nothing waits
    const started = await Promise.race([
      first,
      new Promise<'waits'>((resolve) => setTimeout(resolve, 0, 'waits')),
    ])
    if (started !== 'waits' && started.done !== true) this.onWatched(started.value)
    void this.#pump(watch, started === 'waits' ? first : watch.next())
  }

  async #pump(watch: AsyncIterator<string>, first: Promise<IteratorResult<string>>): Promise<void> {
    let next = first
    while (this.#watch === watch) {
      const { value, done } = await next
      if (this.#watch !== watch) return
      if (done === true) {
        this.#watch = undefined
        this.onChange()
        return
      }
      this.onWatched(value)
      next = watch.next()
    }
  }

  #endWatch(): void {
    void this.#watch?.return?.()
    this.#watch = undefined
  }

  #stepOf(section: number, step: number): Step {
    const { place } = this
    if (place.kind !== 'chapter') throw new Error('only chapters have steps')
    const found = chapterOf(place.number, place.version).sections[section]?.steps[step]
    if (found === undefined) throw new RangeError(`chapter ${place.number} has no step ${section}.${step}`)
    return found
  }

  #frame(what: Happened): Frame {
    const playback = this.#playback.fork()
    return { what, view: viewOf(playback.cluster), actions: this.#actions, playback }
  }

  #happened(action: Action): Happened {
    switch (action.do) {
      case 'type':
      case 'edit':
      case 'watch':
        return action.line.split('\n')[0] ?? ''
      case 'write':
        return `vi ${action.path}`
      case 'advance':
        return waited(action.ms)
      case 'machine':
        return accidentOn(action.node, action.accident)
      case 'play':
        return stepThatHappened(this.#stepOf(action.section, action.step))
      case 'settle':
        return { kind: 'event', event: 'settle' }
      case 'unwatch':
        return 'Ctrl+C'
    }
  }

  /** Time that changes nothing but itself takes no frame of its own. Who looks at the past goes on doing so. */
  #record(action: Action): void {
    const looked = this.isLive ? undefined : this.#frames[this.#at]
    const frame = this.#frame(this.#happened(action))
    const last = this.#frames.at(-1)
    const isQuiet =
      action.do === 'advance' &&
      this.#frames.length > 1 &&
      JSON.stringify({ ...last?.view, now: 0 }) === JSON.stringify({ ...frame.view, now: 0 })
    if (isQuiet) this.#frames.pop()
    this.#frames.push(isQuiet ? { ...frame, what: last?.what ?? '' } : frame)
    if (this.#frames.length > MOST_FRAMES) this.#frames.splice(1, 1)
    this.#at = looked === undefined ? this.#frames.length - 1 : Math.max(0, this.#frames.indexOf(looked))
  }
}

/** @throws NotFoundError if there is no such lesson */
function lessonAt(place: Place): Lesson | undefined {
  if (place.kind === 'lesson') return drawLesson(place.id, place.seed ?? 0)
  if (place.kind !== 'exam') return undefined
  const task = drawExam(place.name, place.seed).tasks[place.task - 1]
  if (task === undefined) throw new RangeError(`the exam has no task ${place.task}`)
  return task.lesson
}

async function playbackOf(place: Place): Promise<Playback> {
  switch (place.kind) {
    case 'free':
      return new Playback(new SimCluster({ ...LEARNER, nodes: place.nodes, seed: place.seed }))
    case 'chapter':
      return new Playback(startCluster(chapterOf(place.number, place.version).start))
    case 'lesson':
    case 'exam':
      return new Playback((await openDesk(lessonAt(place) as Lesson)).cluster)
  }
}

/** A step that does nothing but move time, as the action that does it in pieces; undefined for another. */
function movedBy(step: Step): PlainAction | undefined {
  if (step.kind !== 'event') return undefined
  if (step.event === 'settle') return { do: 'settle' }
  return step.event === 'wait' ? { do: 'advance', ms: toMillis(step.argument ?? '') } : undefined
}

function stepThatHappened(step: Step): Happened {
  switch (step.kind) {
    case 'command':
      return step.line.split('\n')[0] ?? ''
    case 'event':
      return step
    case 'file':
      return step.path
    case 'ask':
      return step.question
    case 'predict':
      return step.line
    case 'prose':
      return ''
  }
}
