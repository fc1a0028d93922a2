import type { Container, Probe } from '../../api/core/generated.js'
import type { PlainData } from '../../sim/data/plain-data.js'
import type { Slice, Topic } from '../../sim/modules/module.js'
import type { Clock } from '../../sim/clock.js'
import type { PodEvents } from '../pods/pod-events.js'
import type { ContainerMemory, PodRecord } from '../pods/pod-record.js'
import { containerMemory, findContainer } from '../pods/pod-record.js'
import { isSidecar } from '../pods/restart-policy.js'
import type { KubeletRelease } from '../release.js'
import type { ContainerRuntime } from '../runtime/runtime-api.js'
import type { RuntimeContainer } from '../runtime/state.js'
import { latestContainer } from '../runtime/state.js'
import type { ProbeOutcome } from './probe-action.js'
import { probeTimeout, runProbe, taskOutcome, timedOut } from './probe-action.js'
import type { ContainerProbes, ProbeCount, ProbeState, ProbeType } from './probe-state.js'
import { PROBE_TYPES, countUntil, isProbed, isStarted, nextProbe, probeOf } from './probe-state.js'
import type { ActionScope } from './target.js'
import { ActionFault } from './target.js'

/** What the prober needs. */
export interface ProberDependencies {
  readonly clock: Clock
  readonly runtime: ContainerRuntime
  readonly records: Slice<Map<string, PodRecord>>
  readonly events: PodEvents
  readonly release: KubeletRelease
  readonly hostIP: string
  /**
   * Its timers: `<uid>/<container>/<type>`, with the suffix `/timeout` or `/response` while a probe is under
   * way.
   */
  readonly topic: Topic
  /** Called when a result has changed, so that the pod's worker must look. */
  readonly changed: (record: PodRecord) => void
}

/** The probe of a timer. */
interface Probing {
  readonly key: string
  readonly record: PodRecord
  readonly container: Container
  readonly running: RuntimeContainer
  readonly type: ProbeType
  readonly probe: Probe
  readonly state: ProbeState
}

const TITLES: Readonly<Record<ProbeType, string>> = {
  startup: 'Startup',
  liveness: 'Liveness',
  readiness: 'Readiness',
}
const MOST_TRIES = 3
/**
 * Number of consecutive failed starts that `settle()` waits for; then the container counts as one that will
 * not start.
 */
const MOST_AWAITED_STARTS = 3

/**
 * Probes the containers of a node's pods. Each probe has one timer, and none while its result cannot change.
 * Probes are work in flight until a container is found started and ready (or not), and watchdogs after that.
 * Source: pkg/kubelet/prober/{prober_manager,worker,prober}.go.
 */
export class Prober {
  readonly #dependencies: ProberDependencies

  constructor(dependencies: ProberDependencies) {
    this.#dependencies = dependencies
  }

  /**
   * Starts probing new containers, and handles commands that have ended. Called with each sync of an active
   * pod.
   */
  sync(record: PodRecord, now: number): void {
    const { spec } = record.pod
    for (const container of spec.containers)
      if (isProbed(container)) this.#syncContainer(record, container, now)
    for (const container of spec.initContainers ?? [])
      if (isSidecar(container) && isProbed(container)) this.#syncContainer(record, container, now)
  }

  /** Stops liveness and startup probes of a pod that is being stopped; readiness is still probed. */
  stopLivenessAndStartup(record: PodRecord): void {
    this.#cancel(record, ['startup', 'liveness'])
  }

  /** Stops all probes of a pod of which nothing runs. */
  stop(record: PodRecord): void {
    this.#cancel(record, PROBE_TYPES)
  }

  /** Handles a timer. */
  due(key: string, payload: PlainData): void {
    const [uid = '', name = '', type = '', what] = key.split('/')
    const probing = this.#find(uid, name, type as ProbeType)
    if (!probing) return
    if (what === undefined) return this.#probe(probing)
    if (probing.state.since === undefined) return
    if (what === 'response') return this.#finish(probing, payload as unknown as ProbeOutcome)
    this.#dependencies.runtime.stopTask(uid, name, type)
    this.#finish(probing, timedOut(probing.probe))
  }

  #syncContainer(record: PodRecord, container: Container, now: number): void {
    const running = latestContainer(this.#dependencies.runtime.pod(record.uid), container.name)
    const memory = containerMemory(record, container.name)
    if (running?.state !== 'running') return
    if (memory.probes?.id !== running.id) {
      this.#cancelContainer(record, container.name, PROBE_TYPES)
      this.#endSteady(record, container, memory)
      memory.probes = freshProbes(container, running.id)
      this.#begin(record, container, memory.probes, now)
      return
    }
    for (const type of PROBE_TYPES) {
      const state = memory.probes[type]
      if (state?.since === undefined) continue
      const task = this.#dependencies.runtime.task(record.uid, container.name, type)
      const outcome = task && taskOutcome(task)
      const probing = outcome && this.#find(record.uid, container.name, type)
      if (probing && outcome) this.#finish(probing, outcome)
    }
  }

  /** Sets the first timers of a container: of its startup probe, or of the others if it counts as started. */
  #begin(record: PodRecord, container: Container, probes: ContainerProbes, now: number): void {
    if (!isStarted(container, probes.id, probes)) return this.#schedule(record, container, 'startup', now)
    if (container.livenessProbe) this.#schedule(record, container, 'liveness', now)
    if (!container.readinessProbe || !probes.readiness) return
    // the kubelet does not wait for the period if a container is started and not ready: it probes at once,
    // and counts from there
    probes.readiness.origin = now
    this.#schedule(record, container, 'readiness', now)
  }

  /** Sets the timer of the next probe from `from` on. */
  #schedule(record: PodRecord, container: Container, type: ProbeType, from: number): void {
    const probing = this.#find(record.uid, container.name, type)
    if (!probing) return
    const { clock, topic } = this.#dependencies
    const { probe, state, running } = probing
    const at = nextProbe(probe, state.origin ?? record.probedSince ?? from, running.startedAt ?? from, from)
    topic.wakeAfter(probing.key, at - clock.now(), { class: this.#isAwaited(probing) ? 'work' : 'watchdog' })
  }

  #isAwaited({ record, container, type, state }: Probing): boolean {
    if (
      type === 'liveness' ||
      state.result !== undefined ||
      state.failed === true ||
      record.stage !== 'active'
    )
      return false
    return (containerMemory(record, container.name).failedStarts ?? 0) < MOST_AWAITED_STARTS
  }

  /** Source: worker.go doProbe. */
  #probe(probing: Probing): void {
    const { key, record, container, running, type, probe, state } = probing
    const { clock, topic } = this.#dependencies
    const now = clock.now()
    if (state.onHold === true || this.#isOver(probing)) return
    const probes = containerMemory(record, container.name).probes
    if (isStarted(container, running.id, probes) === (type === 'startup')) return
    state.since = now
    const outcome = this.#run(probing)
    if (outcome && outcome.delay === undefined) return this.#finish(probing, outcome)
    if (outcome && outcome.delay === 0) return this.#finish(probing, outcome)
    const options = { class: this.#isAwaited(probing) ? ('work' as const) : ('watchdog' as const) }
    if (outcome)
      topic.wakeAfter(`${key}/response`, outcome.delay ?? 0, {
        ...options,
        payload: { result: outcome.result, output: outcome.output },
      })
    else topic.wakeAfter(`${key}/timeout`, probeTimeout(probe), options)
  }

  /** Whether a probe is obsolete: liveness and startup do not matter in a pod that is being stopped. */
  #isOver({ record, type }: Probing): boolean {
    return (
      type !== 'readiness' &&
      (record.pod.metadata.deletionTimestamp !== undefined || record.stage !== 'active')
    )
  }

  #run({ record, container, type, probe }: Probing): ProbeOutcome | undefined {
    const scope = this.#scope(record, container)
    for (let tries = 1; ; tries++) {
      try {
        const outcome = runProbe(scope, type, probe)
        if (outcome?.result !== 'error' || tries === MOST_TRIES) return outcome
      } catch (error) {
        if (!(error instanceof ActionFault)) throw error
        return { result: 'error', output: error.message }
      }
    }
  }

  #scope(record: PodRecord, container: Container): ActionScope {
    const { runtime, hostIP, release } = this.#dependencies
    return { runtime, uid: record.uid, pod: record.pod, container, hostIP, minor: release.minor }
  }

  #finish(probing: Probing, outcome: ProbeOutcome): void {
    const { key, record, container, type, probe, state } = probing
    const { topic, runtime } = this.#dependencies
    const began = state.since ?? this.#dependencies.clock.now()
    delete state.since
    topic.cancel(`${key}/timeout`)
    if (probe.exec) runtime.stopTask(record.uid, container.name, type)
    this.#tell(record, container, type, outcome)
    if (outcome.result !== 'error')
      countOf(containerMemory(record, container.name), type)[
        outcome.result === 'failure' ? 'failed' : 'successful'
      ]++
    if (outcome.result === 'error') state.failed = true
    const changed =
      outcome.result !== 'error' && count(state, probe, outcome.result === 'failure' ? 'failure' : 'success')
    if (changed) this.#changed(probing)
    if (state.onHold === true || (type === 'startup' && state.result === 'success')) return
    const isSteady = outcome.constant === true && state.result === 'success'
    if (isSteady) countOf(containerMemory(record, container.name), type).steadySince = began
    else this.#schedule(record, container, type, began + 1)
  }

  /** Adds the probes that were not made of a container that has been replaced. */
  #endSteady(record: PodRecord, container: Container, memory: ContainerMemory): void {
    const { id } = memory.probes ?? {}
    const last = this.#dependencies.runtime.pod(record.uid)?.containers.findLast((one) => one.id === id)
    for (const type of PROBE_TYPES) {
      const count = memory.probeCounts?.[type]
      const probe = probeOf(container, type)
      if (count?.steadySince === undefined || probe === undefined) continue
      count.successful = countUntil(
        count,
        probe,
        last?.finishedAt ?? this.#dependencies.clock.now(),
      ).successful
      delete count.steadySince
    }
  }

  #tell(record: PodRecord, container: Container, type: ProbeType, { result, output }: ProbeOutcome): void {
    const { events, release } = this.#dependencies
    const title = TITLES[type]
    if (result === 'failure')
      events.container(record, container, 'Warning', 'Unhealthy', `${title} probe failed: ${output}`)
    else if (result === 'warning')
      events.container(record, container, 'Warning', 'ProbeWarning', `${title} probe warning: ${output}`)
    else if (result === 'error')
      events.container(
        record,
        container,
        'Warning',
        'Unhealthy',
        `${title} probe ${release.probeErrored('unknown')}: ${output}`,
      )
  }

  #changed({ record, container, type, state }: Probing): void {
    const memory = containerMemory(record, container.name)
    if (type !== 'readiness' && state.result === 'failure') state.onHold = true
    if (type === 'startup') {
      if (state.result === 'success') delete memory.failedStarts
      else memory.failedStarts = (memory.failedStarts ?? 0) + 1
      if (state.result === 'success' && memory.probes)
        this.#begin(record, container, memory.probes, this.#dependencies.clock.now())
    }
    // a container counts as alive from the beginning, so a success changes nothing
    if (type !== 'liveness' || state.result === 'failure') this.#dependencies.changed(record)
  }

  #find(uid: string, name: string, type: ProbeType): Probing | undefined {
    const record = this.#dependencies.records.value.get(uid)
    const container = record && findContainer(record.pod, name)
    const probe = container && probeOf(container, type)
    const running = latestContainer(this.#dependencies.runtime.pod(uid), name)
    if (!record || !container || !probe || running?.state !== 'running') return undefined
    const probes = record.containers[name]?.probes
    const state = probes?.id === running.id ? probes[type] : undefined
    return state && { key: `${uid}/${name}/${type}`, record, container, running, type, probe, state }
  }

  #cancel(record: PodRecord, types: readonly ProbeType[]): void {
    for (const name in record.containers)
      if (record.containers[name]?.probes) this.#cancelContainer(record, name, types)
  }

  #cancelContainer({ uid }: PodRecord, name: string, types: readonly ProbeType[]): void {
    const { topic } = this.#dependencies
    for (const type of types) {
      const key = `${uid}/${name}/${type}`
      for (const timer of [key, `${key}/timeout`, `${key}/response`]) topic.cancel(timer)
    }
  }
}

function freshProbes(container: Container, id: string): ContainerProbes {
  const probes: { -readonly [Name in keyof ContainerProbes]: ContainerProbes[Name] } = { id }
  for (const type of PROBE_TYPES) if (probeOf(container, type)) probes[type] = { run: 0 }
  return probes
}

/** Returns the count of a probe. */
function countOf(memory: ContainerMemory, type: ProbeType): ProbeCount {
  const counts = (memory.probeCounts ??= {})
  return (counts[type] ??= { successful: 0, failed: 0 })
}

/** Counts one more result. Returns whether the result in effect has changed. */
function count(
  state: ProbeState,
  { failureThreshold = 3, successThreshold = 1 }: Probe,
  result: 'success' | 'failure',
): boolean {
  if (state.last === result) state.run++
  else {
    state.last = result
    state.run = 1
  }
  if (state.run < (result === 'failure' ? failureThreshold : successThreshold)) return false
  const before = state.result
  state.result = result
  return before !== result
}
