import type { PlainData } from '../../sim/data/plain-data.js'
import type { NetworkRequest, NetworkResponse, Program } from '../../shell/programs/command.js'
import type { ContainerBehavior } from '../runtime/behavior.js'

/** What a container's process sees when one of its handlers is called. All times in virtual ms. */
export interface ImageContext {
  readonly now: number
  /** When the container started. */
  readonly startedAt: number
  readonly namespace: string
  readonly pod: string
  readonly container: string
  /** As the container names it: `nginx:1.27`. */
  readonly image: string
  readonly node: string
  readonly podIP: string
  readonly env: Readonly<Record<string, string>>
  /** Command and arguments as the container runs them. */
  readonly command: readonly string[]
  /** Text of a file in the container, including mounted ones; undefined if there is none. */
  readFile(path: string): string | undefined
}

/** The effects of a handler. Everything is optional. */
export interface ImageEffect<State extends PlainData = PlainData> {
  /**
   * The new state.
   * @default the old one
   */
  readonly state?: State
  /** Lines for the container's log. */
  readonly log?: readonly string[]
  /** Lines for its standard error. */
  readonly errorLog?: readonly string[]
  /** Exit code with which the process exits; a memory limit gives 137 with `exitReason: 'OOMKilled'`. */
  readonly exit?: number
  readonly exitReason?: string
  /** Memory in use from now on, in bytes: more than the container's limit ends it (OOMKilled). */
  readonly memory?: number
  /** Cores in use from now on: 0.25 is a quarter of one. */
  readonly cpu?: number
  /** Bytes in use on the disk from now on, besides its files and its log. */
  readonly storage?: number
  /** Calls `tick` after that many ms. */
  readonly tickAfter?: number
}

/** The result of a request. Without `response` the connection is closed unanswered. */
export interface ImageResponse<State extends PlainData = PlainData> extends ImageEffect<State> {
  readonly response?: NetworkResponse
}

/** The result of a command in the container. */
export interface ImageExec<State extends PlainData = PlainData> extends ImageEffect<State> {
  readonly stdout?: string
  readonly stderr?: string
  readonly exitCode: number
}

/**
 * What the process of an image does, as functions over its state. The state is plain data and copied with the
 * cluster, so that a fork has the same future. Handlers must be deterministic and keep no state of their own.
 */
export interface ImageBehavior<State extends PlainData = PlainData> {
  /**
   * Called when the container starts.
   * @default undefined
   */
  start?(context: ImageContext): ImageEffect<State>
  /** Called for a request at a port that it listens on. */
  request?(
    state: State,
    request: NetworkRequest & { readonly port: number },
    context: ImageContext,
  ): ImageResponse<State>
  /** Called for a signal (15 asks it to exit). Without this handler SIGTERM ends it. */
  signal?(state: State, signal: number, context: ImageContext): ImageEffect<State>
  /** Called when the time of `tickAfter` has come. */
  tick?(state: State, context: ImageContext): ImageEffect<State>
  /**
   * Called for a command in the container (`kubectl exec`). If it returns undefined, the common programs are
   * tried.
   */
  exec?(state: State, command: readonly string[], context: ImageContext): ImageExec<State> | undefined
}

/** An image: data, and an optional behaviour. Fields of {@link ContainerBehavior} are valid, too. */
export interface ImageDefinition<State extends PlainData = PlainData> extends ContainerBehavior {
  /**
   * In any form: `nginx`, `nginx:1.27`, `registry.example.com/team/app:v1`. Without a tag it applies to all
   * tags that have no entry of their own.
   */
  readonly name: string
  /**
   * `1000`, `1000:1000`, `nginx`.
   * @default root; unknown for undefined images
   */
  readonly user?: string
  readonly env?: Readonly<Record<string, string>>
  readonly entrypoint?: readonly string[]
  readonly cmd?: readonly string[]
  /**
   * What follows an entrypoint that is a script and ends with `exec "$@"`, as those of Docker's official
   * images:
   * - `command`: what runs.
   * - `flags or command`: the same, but flags (`-p 81`) are for the first word of `cmd`.
   * - `arguments or command`: what runs if the image has such a program; all else is for the first word of
   *   `cmd`.
   * @default arguments of the entrypoint
   */
  readonly argumentsAre?: 'command' | 'flags or command' | 'arguments or command'
  /** @default `/` */
  readonly workingDir?: string
  /**
   * Ports that it listens on while it runs its own entrypoint: `80`, `53/udp`.
   * @default the ports that the container declares
   */
  readonly ports?: readonly (number | string)[]
  /**
   * Whether it also listens on the ports that its container declares.
   * @default only if it has no `ports`
   */
  readonly listensOnDeclared?: boolean
  /** Text files by absolute path. */
  readonly files?: Readonly<Record<string, string>>
  /**
   * Its own programs, by the words that start them (`/agnhost`). An entrypoint among them runs as a process,
   * which may listen on ports.
   */
  readonly commands?: Readonly<Record<string, Program>>
  /**
   * Programs besides the common ones and its own command, such as `bash`. Those that the built-in shell does
   * not have run like servers.
   */
  readonly programs?: readonly string[]
  /**
   * Whether commands that are none of its programs fail as the runtime says.
   * @default false: they run
   */
  readonly closed?: boolean
  /**
   * Whether it lacks a shell and the common programs.
   * @default false
   */
  readonly distroless?: boolean
  /**
   * Lines that it logs when it starts. A function computes them whenever the log is read, so it must depend
   * on nothing but its context; `now` is the start of the container.
   */
  readonly logs?: readonly string[] | ((context: ImageContext) => readonly string[])
  /** Its start page over HTTP, unless a behaviour responds. */
  readonly page?: string
  /**
   * Directory whose files it serves over HTTP if it has a page.
   * @default `/usr/share/nginx/html`, of which probes notice only changes before they first succeed
   */
  readonly documentRoot?: string
  readonly behavior?: ImageBehavior<State>
}

/** Where web servers have their pages unless the image says otherwise: nginx's. */
export const DOCUMENT_ROOT = '/usr/share/nginx/html'
