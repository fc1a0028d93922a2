import type { PlainData } from '../../sim/plain-data.js'
import type { NetworkRequest, NetworkResponse } from '../commands/command.js'
import type { ContainerBehavior } from '../runtime/behavior.js'

/**
 * What a container's process sees of the world around it when one of its handlers is called. All times in
 * virtual ms.
 */
export interface ImageContext {
  readonly now: number
  /** When the container started. */
  readonly startedAt: number
  readonly namespace: string
  readonly pod: string
  readonly container: string
  readonly node: string
  readonly podIP: string
  readonly env: Readonly<Record<string, string>>
  /** Command and arguments as the container runs them. */
  readonly command: readonly string[]
  /** The text of a file in the container, mounted ones too; undefined when there is none. */
  readFile(path: string): string | undefined
}

/** What a handler brings about. Everything is optional. */
export interface ImageEffect<State extends PlainData = PlainData> {
  /** The state from now on; without it the old one stays. */
  readonly state?: State
  /** Lines for the container's log. */
  readonly log?: readonly string[]
  /** Lines for its standard error. */
  readonly errorLog?: readonly string[]
  /** The process ends with that code; 137 with `exitReason: 'OOMKilled'` is what a memory limit does. */
  readonly exit?: number
  readonly exitReason?: string
  /** Memory that is used from now on, in bytes: more than the container's limit ends it (OOMKilled). */
  readonly memory?: number
  /** Cores that are used from now on: 0.25 is a quarter of one. */
  readonly cpu?: number
  /** Bytes that are used on the disk from now on, beside its files and its log. */
  readonly storage?: number
  /** Calls `tick` after so many ms. */
  readonly tickAfter?: number
}

/** A request and what came of it. `response` undefined: the connection is closed without an answer. */
export interface ImageAnswer<State extends PlainData = PlainData> extends ImageEffect<State> {
  readonly response?: NetworkResponse
}

/** What a command in the container came to. */
export interface ImageExec<State extends PlainData = PlainData> extends ImageEffect<State> {
  readonly stdout?: string
  readonly stderr?: string
  readonly exitCode: number
}

/**
 * What the process of an image does, as functions over its state. The state is plain data: it is copied with
 * the cluster, so that a fork has the same future. Handlers must be deterministic and keep nothing to
 * themselves.
 */
export interface ImageBehavior<State extends PlainData = PlainData> {
  /** When the container starts. Default state: undefined. */
  start?(context: ImageContext): ImageEffect<State>
  /** Something arrives at a port that it listens on. */
  request?(
    state: State,
    request: NetworkRequest & { readonly port: number },
    context: ImageContext,
  ): ImageAnswer<State>
  /** A signal (15: it is asked to end). Without this handler it ends by SIGTERM. */
  signal?(state: State, signal: number, context: ImageContext): ImageEffect<State>
  /** The time that `tickAfter` asked for has come. */
  tick?(state: State, context: ImageContext): ImageEffect<State>
  /**
   * A command is to be run in the container (`kubectl exec`). Undefined: the common programs are looked
   * through.
   */
  exec?(state: State, command: readonly string[], context: ImageContext): ImageExec<State> | undefined
}

/** An image: data, and an optional behaviour. All of {@link ContainerBehavior} is valid, too. */
export interface ImageDefinition<State extends PlainData = PlainData> extends ContainerBehavior {
  /**
   * In any form: `nginx`, `nginx:1.27`, `registry.example.com/team/app:v1`. Without a tag it is for all tags
   * that have no entry of their own.
   */
  readonly name: string
  /** `1000`, `1000:1000`, `nginx`. Default root; unknown for images that nobody has defined. */
  readonly user?: string
  readonly env?: Readonly<Record<string, string>>
  readonly entrypoint?: readonly string[]
  readonly cmd?: readonly string[]
  /** Default `/`. */
  readonly workingDir?: string
  /**
   * What it listens on while it runs its own entrypoint: `80`, `53/udp`. Default: the ports that the
   * container declares.
   */
  readonly ports?: readonly (number | string)[]
  /** Text files by absolute path. */
  readonly files?: Readonly<Record<string, string>>
  /** Programs beside the common ones. `bash` is one. */
  readonly programs?: readonly string[]
  /**
   * Nothing else can be run in it: a command that is not there fails as the runtime says. Default false:
   * unknown commands run on as servers.
   */
  readonly closed?: boolean
  /** Without a shell and the common programs. Default false. */
  readonly distroless?: boolean
  /** Lines that it logs when it starts. */
  readonly logs?: readonly string[]
  /** What it answers over HTTP when no behaviour says otherwise. */
  readonly page?: string
  readonly behavior?: ImageBehavior<State>
}

/**
 * Defines an image with a typed state: `images: { app: defineImage({ name: 'app', behavior: { ... } }) }`.
 */
export function defineImage<State extends PlainData = PlainData>(
  definition: ImageDefinition<State>,
): ImageDefinition {
  return Object.freeze({ ...definition }) as unknown as ImageDefinition
}
