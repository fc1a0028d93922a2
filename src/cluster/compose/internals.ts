import type { ProtobufDecoder } from '../../api/protobuf/protobuf-codec.js'
import type { OutsideKubelets } from '../../apiserver/server-dependencies.js'
import type { SecureCall, SecureResponse } from '../../apiserver/proxied.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { prefixEnd } from '../../apiserver/storage/storage.js'
import type { ClusterEvents } from '../../client/cluster-events.js'
import type { Delivery, InformerState } from '../../client/informers/list-watch-informer.js'
import type { EtcdStore } from '../../etcd/store.js'
import type { Duration } from '../../sim/duration.js'
import type { EventBus } from '../../sim/event-bus.js'
import type { SharedSlices } from '../../sim/modules/slices.js'
import type { SimulationState } from '../../sim/state.js'
import type { Slice, StepRole } from '../../sim/modules/topic.js'
import type { Ready } from '../../sim/ready-queue.js'
import { throwAtCaller } from '../at-caller.js'
import { internalsInputs } from '../inputs/methods.js'
import type { ClusterParts } from './assemble.js'
import { mergeOptions } from './merge-options.js'
import type { ClusterOptions } from './options.js'
import type { Change } from '../../client/informers/informer.js'
import { keyOf } from '../../client/informers/object-index.js'
import type { KnownInformer } from './informer-views.js'
import { memberSlice, SHARED_INFORMER } from './process-informers.js'
import type { RequestGate } from './request-gate.js'

/** What a step of an informer is about, see {@link Internals.informerOf}. */
export interface InformerStep {
  /**
   * Returns the changes that the step would take notice of; undefined if it will list. It sets up the
   * components that share the informer.
   */
  waiting(): readonly Change<KubeObject>[] | undefined
  /**
   * Returns what the step would take notice of, by the keys in etcd, in order; if nothing of the informer has
   * been set up, changes that it does not select are among it. Undefined if it will list.
   */
  unseen(): readonly (readonly [key: string, object: KubeObject | undefined])[] | undefined
}

/** Holds the current parts of a cluster; a rewind replaces them. */
export interface CurrentParts {
  current: ClusterParts
}

/** `cluster.internals`: the internals, for extensions of the simulator and tests of what they break. */
export class Internals {
  static {
    throwAtCaller(this.prototype, internalsInputs)
  }

  readonly #parts: CurrentParts

  constructor(parts: CurrentParts) {
    this.#parts = parts
  }

  /** The options that the cluster was created with. */
  get options(): ClusterOptions {
    return this.#parts.current.options
  }

  /** The store. Writing to it directly bypasses the apiserver; that is for tests of what it breaks. */
  get etcd(): EtcdStore {
    return this.#parts.current.store
  }

  /**
   * Emits everything observable: requests, writes, scheduling, evictions, logs. Observers must not change the
   * cluster.
   */
  get bus(): EventBus<ClusterEvents> {
    return this.#parts.current.simulation.bus
  }

  /** Calls `check` after every handler call. Returns a function that ends that. */
  onStep(check: () => void): () => void {
    return this.#parts.current.simulation.onStep(check)
  }

  /** Returns the pending timers and the ready handler calls in order, and the stopped components. */
  pending(): Pick<SimulationState, 'timers' | 'ready' | 'stopped'> {
    return this.#parts.current.simulation.pending()
  }

  /**
   * Returns the state of all components by their and its names, as data that does not change any more.
   * Components whose state has not changed keep their map.
   */
  slices(): SharedSlices {
    return this.#parts.current.simulation.slices()
  }

  /** Moves time until `predicate` holds, for at most `timeout`. Returns whether it held. */
  until(predicate: () => boolean, timeout: Duration): boolean {
    return this.#parts.current.simulation.until(predicate, { timeout })
  }

  /**
   * Moves time by `duration`, or, for `rest`, until the cluster is settled, and yields after each handler
   * call for which `pauses` returns true: for a page, which must be drawn and answer meanwhile. The trace is
   * that of `advance()` and `settle()`. What is read, or forked, in between changes nothing.
   */
  moveInPieces(duration: Duration | 'rest', pauses: () => boolean): Generator<undefined, void> {
    const { simulation } = this.#parts.current
    return duration === 'rest'
      ? simulation.settleInPieces(pauses)
      : simulation.advanceInPieces(duration, pauses)
  }

  /** Returns the handler calls that are ready now, in the order in which the cluster would run them. */
  ready(): readonly Ready[] {
    return this.#parts.current.simulation.readyNow()
  }

  /**
   * Runs one handler call: the next one, or, out of turn, one of {@link ready}. Returns false if there is
   * none, or it does not wait any more. `delivery`: how informers take what has happened.
   */
  step(entry?: Ready, delivery?: Delivery): boolean {
    const { plane, simulation } = this.#parts.current
    if (delivery === undefined) return entry === undefined ? simulation.step() : simulation.runReady(entry)
    const before = plane.delivery
    plane.delivery = delivery
    try {
      return entry === undefined ? simulation.step() : simulation.runReady(entry)
    } finally {
      plane.delivery = before
    }
  }

  /** Returns the names of all components, running or not, and of the other parts of the simulation. */
  componentNames(): readonly string[] {
    return this.#parts.current.simulation.moduleNames()
  }

  /** Returns the role that the handler of a call has declared. */
  roleOf(entry: Ready): StepRole | undefined {
    return this.#parts.current.simulation.roleOf(entry)
  }

  /** Returns the name of the process that a component is a part of; by default that of the component. */
  processOf(component: string): string {
    return this.#parts.current.plane.processOf(component)
  }

  /**
   * Returns what a call of an informer would take notice of; undefined for another call.
   */
  informerOf(entry: Ready): InformerStep | undefined {
    const { plane, simulation } = this.#parts.current
    if (simulation.roleOf(entry) !== 'informer') return undefined
    const { owner, topic, key } = entry
    const isShared = topic === SHARED_INFORMER
    const slice = isShared ? key : topic
    const find = (): KnownInformer | undefined => plane.informerViews.find(owner, slice)
    const { resources, storage } = plane.server.context
    return {
      waiting: () => {
        if (isShared && find() === undefined) simulation.awakenAll(memberSlice(key))
        return find()?.waiting()
      },
      unseen: () => {
        const informer = find()
        if (informer !== undefined)
          return informer
            .waiting()
            ?.map(({ type, object }) => [keyOf(object), type === 'DELETED' ? undefined : object])
        const [resource = ''] = key.split('|', 1)
        const prefix = resources.find(resource)?.prefix
        const state = simulation.slice<InformerState>(owner, slice, () => ({ resourceVersion: undefined }))
        const seen = Number(state.peek.resourceVersion ?? Infinity)
        if (prefix === undefined || !Number.isFinite(seen) || seen < storage.compactedRevision)
          return undefined
        return storage
          .changesSince(prefix, prefixEnd(prefix), seen)
          .map((change) => [change.key.slice(prefix.length), change.object])
      },
    }
  }

  /**
   * Holds back a call until {@link release}. A call that is not {@link ready} is added first. Forks do not
   * hold it back.
   */
  withhold(entry: Ready): void {
    this.#parts.current.simulation.ready.hold(entry)
  }

  /** Makes a call ready, for an extension whose component handles it; lost if that does not run. */
  wake(entry: Ready): void {
    this.#parts.current.simulation.wake(entry)
  }

  /** Lets a withheld call run, after those that are ready. Returns false if it was cancelled meanwhile. */
  release(entry: Ready): boolean {
    return this.#parts.current.simulation.ready.release(entry)
  }

  /**
   * Moves time to the next timer, or to `limit` (virtual ms) if none is due by then, without running it.
   * Returns whether there is one. Call it only when nothing is {@link ready}.
   */
  advanceToNext(limit: number): boolean {
    return this.#parts.current.simulation.advanceToNext(limit)
  }

  /**
   * Moves time by heartbeats and periodic checks that find nothing to do, up to `limit` (virtual ms) or the
   * first instant with anything else. Call it only when nothing is {@link ready}.
   */
  passQuietly(limit: number): void {
    this.#parts.current.simulation.passQuietly(limit)
  }

  /**
   * Sets what stands between the components and the apiserver: it can refuse requests, and lose them or their
   * responses. It is not part of the state: forks have none. Set it again when it decides otherwise, since it
   * does not see the heartbeats of quiet times.
   * @default nothing
   */
  setGate(gate: RequestGate | undefined): void {
    const { plane } = this.#parts.current
    plane.gate = gate
    plane.simulation.quiet.disturb()
  }

  /**
   * Calls `note` with each list and each object that `look` reads of the apiserver or the stored objects, by
   * plural name; with undefined where it does not exist. Returns what `look` returns.
   */
  observeReads<T>(note: (resource: string, found: object | undefined) => void, look: () => T): T {
    const { late } = this.#parts.current.plane.server.context.dependencies
    late.read = note
    try {
      return look()
    } finally {
      delete late.read
    }
  }

  /**
   * Makes the informers that a component opens from now on list an old revision, which must not be compacted,
   * as from an apiserver whose cache lags behind; undefined ends that. Forks list the present.
   */
  setStaleReads(component: string, revision: number | undefined): void {
    const { staleReads, simulation } = this.#parts.current.plane
    simulation.quiet.disturb()
    if (revision === undefined) staleReads.delete(component)
    else staleReads.set(component, revision)
  }

  /**
   * Returns a state slice that an extension keeps in the cluster under its own name; created by `initial` if
   * absent. It must be plain data (including Maps and Sets), which snapshots and forks copy.
   */
  extensionState<S>(name: string, initial: () => S): Slice<S> {
    return this.#parts.current.simulation.slice('extension', name, initial)
  }

  /**
   * Moves every watch to the present, so that no component needs older history. Call it before another client
   * compacts {@link etcd}; in a real apiserver the watch cache does that. Partitioned components stay behind.
   */
  bookmarkWatches(): void {
    const { plane, simulation } = this.#parts.current
    plane.server.context.hub.bookmark()
    simulation.advance(0)
  }

  /**
   * Sets what gets the calls of webhooks with a Service or an address before the cluster's network does: it
   * returns the response, or the error of Go's client, or undefined to pass the call on. Not part of the
   * state: forks have none.
   */
  interceptWebhooks(post: (call: SecureCall) => SecureResponse | string | undefined): void {
    const { server, simulation } = this.#parts.current.plane
    server.context.dependencies.late.outside = post
    simulation.quiet.asksOutside = true
  }

  /**
   * Sets how the kubelets of nodes that are not simulated are reached. Not part of the state: forks reach
   * none.
   */
  connectKubelets(kubelets: OutsideKubelets): void {
    this.#parts.current.plane.server.context.dependencies.late.kubelets = kubelets
  }

  /**
   * Sets the decoder for objects that other clients have written to {@link etcd} as protobuf, here and in
   * forks; see the option `storedProtobuf`.
   */
  readStoredProtobuf(decoder: ProtobufDecoder): void {
    const parts = this.#parts.current
    this.#parts.current = {
      ...parts,
      options: mergeOptions(parts.options, { extensions: { storedProtobuf: decoder } }),
    }
    parts.plane.server.readStoredProtobuf(decoder)
  }
}
