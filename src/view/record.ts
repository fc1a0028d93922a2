import { InputError } from '../lang/input-error.js'
import { checkFrame, checkRecord } from './inputs.js'
import type { ClusterLike } from '../client/cluster-like.js'
import { type ClusterView, clusterView } from './cluster-view.js'

/** Options of {@link recordFrames}. */
export interface RecordFramesOptions {
  /**
   * The number of frames that are kept. When there are more, every second one goes, but not the first and the
   * last: the whole history stays, with larger steps. A frame of a cluster of three nodes takes about 60 kB,
   * of fifty nodes about 125 kB.
   * @default 500
   */
  readonly maxFrames?: number
}

/** The state of a cluster after a step that wrote. */
export interface Frame<Snapshot> {
  /** Virtual time, ms since the epoch. */
  readonly time: number
  /** The component whose step it was; `start`, `user` or `rewind` for a frame that no step has made. */
  readonly by: string
  /** For `cluster.rewind()`, and for `SimCluster.restore()`, which makes another cluster in that state. */
  readonly snapshot: Snapshot
}

/** A history of a cluster that can be moved in: {@link recordFrames}. */
export interface Recording<Snapshot> {
  /** The frames from the first to the newest, with what has just been written. */
  readonly frames: readonly Frame<Snapshot>[]
  /** Index of the frame that the cluster is at, or was at before it went on. */
  readonly position: number
  /**
   * Rewinds the cluster to a frame. Later frames stay until the cluster goes on from there and writes.
   * @throws InputError if there is no such frame
   */
  goTo(index: number): void
  /** Returns the view of each frame, for `toAnimatedSvg`. The cluster ends where it was. */
  views(): readonly ClusterView[]
  /** Ends the recording. The frames stay. */
  stop(): void
}

/** What every node writes all the time: its heartbeat. */
const HEARTBEATS = 'leases'

/**
 * Records a cluster: a frame now, and one after each step that writes anything but a heartbeat. The
 * cluster does not notice: its trace hash is that of a run without recording.
 * @throws InputError if `maxFrames` is less than 2
 * @example const recording = recordFrames(cluster)
 */
export function recordFrames<Snapshot>(
  cluster: ClusterLike<Snapshot>,
  options: RecordFramesOptions = {},
): Recording<Snapshot> {
  checkRecord([cluster, options])
  const { maxFrames = 500 } = options
  return new Recorder(cluster, maxFrames)
}

class Recorder<Snapshot> implements Recording<Snapshot> {
  readonly #cluster: ClusterLike<Snapshot>
  readonly #maxFrames: number
  readonly #ends: readonly (() => void)[]
  #frames: Frame<Snapshot>[] = []
  #position = 0
  /** Whether something was written since the last frame. */
  #wrote = false
  /** Whether the rewind that comes is ours. */
  #moving = false

  constructor(cluster: ClusterLike<Snapshot>, maxFrames: number) {
    this.#cluster = cluster
    this.#maxFrames = maxFrames
    this.#take('start')
    this.#ends = [
      cluster.on('write', ({ resource }) => {
        if (resource !== HEARTBEATS) this.#wrote = true
      }),
      cluster.on('step', ({ owner }) => {
        if (this.#wrote) this.#take(owner)
      }),
      cluster.on('rewind', () => {
        this.#wrote = false
        if (!this.#moving) this.#take('rewind')
      }),
    ]
  }

  get frames(): readonly Frame<Snapshot>[] {
    this.#takeWritten()
    return this.#frames
  }

  get position(): number {
    this.#takeWritten()
    return this.#position
  }

  goTo(index: number): void {
    checkFrame([index])
    this.#takeWritten()
    const frame = this.#frames[index]
    if (frame === undefined)
      throw new InputError(`there is no frame ${index}; there are ${this.#frames.length}, from 0`)
    this.#moving = true
    try {
      this.#cluster.rewind(frame.snapshot)
    } finally {
      this.#moving = false
    }
    this.#position = index
  }

  views(): readonly ClusterView[] {
    const { frames, position } = this
    const now = this.#cluster.snapshot()
    this.#moving = true
    try {
      return frames.map(({ snapshot }) => {
        this.#cluster.rewind(snapshot)
        return clusterView(this.#cluster)
      })
    } finally {
      this.#cluster.rewind(now)
      this.#moving = false
      this.#position = position
    }
  }

  stop(): void {
    this.#takeWritten()
    for (const end of this.#ends) end()
  }

  /** What a user writes is a frame at the latest when somebody looks. */
  #takeWritten(): void {
    if (this.#wrote) this.#take('user')
  }

  #take(by: string): void {
    this.#wrote = false
    const frame = { time: this.#cluster.now(), by, snapshot: this.#cluster.snapshot() }
    const kept = this.#frames.slice(0, this.#position + 1)
    this.#frames = [...(kept.length < this.#maxFrames ? kept : kept.filter((_, at) => at % 2 === 0)), frame]
    this.#position = this.#frames.length - 1
  }
}
