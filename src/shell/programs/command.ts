import type { Content } from '../../lang/bytes/content.js'
import { joinContent, roughSizeOf, textOfContent } from '../../lang/bytes/content.js'
import type { PlainData } from '../../sim/data/plain-data.js'
import { reserve, spend } from '../../lang/bounds/budget.js'
import type { FileSystem, FileUser } from '../files/file-system.js'
import { FileFault } from '../files/file-system.js'

/** One process, as `ps` shows it. */
export interface ProcessEntry {
  readonly pid: number
  readonly uid: number
  readonly command: string
}

/** A port on which a program listens. */
export interface ListeningPort {
  readonly port: number
  readonly protocol: 'tcp' | 'udp' | 'sctp'
}

/** Result of opening a connection. */
export type Connected =
  | { readonly kind: 'refused' | 'timeout' | 'unreachable' | 'reset' }
  | { readonly kind: 'responded'; readonly response: NetworkResponse }

/** The response on a connection. `status` only for HTTP. */
export interface NetworkResponse {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
  /**
   * Virtual ms until the response arrives; a caller with a timeout (a probe) may give up before.
   * @default 0
   */
  readonly delay?: number
  /** PEM of the certificate that the server showed, if it speaks TLS. */
  readonly certificate?: string
  /**
   * Whether the server closes a raw connection after it.
   * @default it stays open
   */
  readonly closes?: boolean
}

/** What is sent on a connection: an HTTP request, raw text, or nothing. */
export interface NetworkRequest {
  readonly protocol: 'http' | 'tcp' | 'udp' | 'sctp'
  readonly method?: string
  readonly path?: string
  readonly host?: string
  /** A header that occurs several times has a list of values. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string
  /** Whether the client speaks TLS. */
  readonly secure?: boolean
  /**
   * PEM of the certificates that the client shows, if it speaks TLS.
   * @default none
   */
  readonly clientCertificate?: string
  /**
   * The client has opened a raw connection or closes it, for a program whose pause has {@link Pause.talks}.
   * @default data arrives
   */
  readonly phase?: 'open' | 'close'
  /** Address of the client as the server sees it; set by the network. */
  readonly from?: string
}

/** The network as a container sees it. */
export interface ContainerNetwork {
  /** Addresses of a DNS name; undefined if it does not exist. `full` is the name that was found. */
  lookup(name: string): { readonly full: string; readonly addresses: readonly string[] } | undefined
  /** Address of the DNS server. */
  readonly dnsServer: string
  /** Text of /etc/resolv.conf. */
  readonly resolvConf: string
  /**
   * Asks a DNS server (default {@link dnsServer}) one question. `rcode` is `NOERROR`, `NXDOMAIN`, ..., or
   * `TIMEOUT` if it does not respond.
   */
  query(
    name: string,
    type: 'A' | 'AAAA' | 'CNAME' | 'SRV' | 'PTR',
    server?: string,
  ): {
    readonly rcode: string
    readonly records: readonly { readonly name: string; readonly type: string; readonly data: string }[]
  }
  connect(address: string, port: number, request: NetworkRequest): Connected
}

/** The container in which a command runs. */
export interface ProcessContext {
  /** Virtual ms. */
  readonly now: number
  readonly hostname: string
  readonly user: FileUser
  /** Name of the user in /etc/passwd. */
  readonly userName: string | undefined
  readonly files: FileSystem
  readonly network: ContainerNetwork
  /** Whether the container has a program. */
  has(program: string): boolean
  /** Returns a program of the image itself, by the word with which it was called. */
  ownProgram(word: string): Program | undefined
  /** A kernel parameter that the pod has set. */
  sysctl(name: string): string | undefined
  readonly isPrivileged: boolean
  /** Whether no one has described the image, so that it may have files that are not known here. */
  readonly hasUnknownFiles?: boolean
  /** The machine itself, for a container that may enter its namespaces: privileged, with its processes. */
  onHost?(): ProcessContext | undefined
  processes(): readonly ProcessEntry[]
  /** The ports on which the programs of the pod listen, in order. */
  listening(): readonly ListeningPort[]
  /** Mounts an empty file system of memory at a directory, until it is unmounted. Default: not possible. */
  mount?(path: string, device: string): void
  /** Takes such a mount away. @throws FileFault if there is none at that path */
  unmount?(path: string): void
  /** Sends a signal to a process. Returns whether it exists. */
  kill(pid: number, signal: number): boolean
}

/** Standard input. */
export interface Input {
  /** All input since the last call, or at most so many bytes of it. */
  take(most?: number): Content
  /**
   * The next line with its end; undefined if it has not arrived or will not. Text left before the end counts
   * as a line.
   */
  takeLine(): string | undefined
  /** Whether no more input will arrive, besides what has not been taken. */
  readonly ended: boolean
  /** Whether everything that has arrived was taken. */
  readonly isEmpty: boolean
}

/** What one call of a command can use. */
export interface Invocation {
  /** The name by which it was called. */
  readonly name: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly world: ProcessContext
  readonly input: Input
  /** What the command stored when it paused; undefined at its first call. */
  readonly memory: PlainData
  readonly write: (content: Content) => void
  readonly error: (text: string) => void
  /** Runs another command in the same container, or in `world`; undefined if it would have to wait. */
  readonly spawn: (words: readonly string[], stdin?: Content, world?: ProcessContext) => Spawned | undefined
}

/** The result of a command that another one has run. */
export interface Spawned {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

/**
 * The command continues later: at a time, when input arrives, or never. It is called again with its memory.
 */
export interface Pause {
  readonly until?: number
  readonly input?: boolean
  readonly memory: PlainData
  /** Whether it only lets others run: a caller that waits for its end lets it continue at once. */
  readonly busy?: boolean
  /** Ports whose requests go to {@link Program.serve} meanwhile: `80`, `53/udp`. */
  readonly listens?: readonly string[]
  /** Whether it is told when a raw connection opens and closes, so that it may speak first. */
  readonly talks?: boolean
  /**
   * What the process uses until it goes on.
   * @default what its image declares
   */
  readonly uses?: ProcessUsage
}

/** What a process uses. */
export interface ProcessUsage {
  /** Cores. */
  readonly cpu: number
  /** Bytes. */
  readonly memory: number
}

/** A request to a port that a program listens on. */
export interface ServedRequest extends NetworkRequest {
  readonly port: number
}

/** The result of {@link Program.serve}. */
export interface Served {
  /** @default the connection is closed without a response */
  readonly response?: NetworkResponse
  /**
   * The exit code with which the program ends, or how it goes on waiting.
   * @default as before
   */
  readonly next?: number | Pause
}

/** A program, as a function of its invocation. */
export interface Program {
  readonly name: string
  /** Returns its exit code, or a pause. */
  run(call: Invocation): number | Pause
  /** Handles a request while the program pauses with {@link Pause.listens}. */
  serve?(call: Invocation, request: ServedRequest): Served
  /**
   * Handles SIGTERM while the program pauses: returns the exit code, or how it goes on until it ends.
   * @default the signal ends it, but the first process does not see it
   */
  stop?(call: Invocation): number | Pause
}

/** Runs a program. It ends with 1 on a file that it cannot use and does not expect, and says which fault. */
export function runProgram(program: Program, call: Invocation): number | Pause {
  spend(call.args.length)
  try {
    return program.run(call)
  } catch (error) {
    if (!(error instanceof FileFault)) throw error
    call.error(`${call.name}: ${error.message}\n`)
    return 1
  }
}

/** Runs an operation on a file; a failure is printed as busybox does, with `text` before the file's name. */
export function attempt(call: Invocation, path: string, text: string, work: () => void): number {
  try {
    work()
    return 0
  } catch (error) {
    if (!(error instanceof FileFault)) throw error
    call.error(`${call.name}: ${text === '' ? path : `${text} '${path}'`}: ${error.message}\n`)
    return 1
  }
}

/**
 * Parses the flags (`-la`, `-n 5` with `n` in `valued`, `--spider`) anywhere before a `--`, and the other
 * words.
 */
export function flagsOf(
  args: readonly string[],
  valued = '',
): { readonly flags: ReadonlyMap<string, string>; readonly rest: readonly string[] } {
  const flags = new Map<string, string>()
  const rest: string[] = []
  for (let at = 0; at < args.length; at++) {
    const word = args[at] as string
    if (word === '--') {
      rest.push(...args.slice(at + 1))
      break
    }
    if (/^--[a-z]/.test(word)) {
      const [name = '', ...value] = word.slice(2).split('=')
      flags.set(name, value.join('='))
    } else if (!/^-./.test(word)) rest.push(word)
    else {
      for (let letter = 1; letter < word.length; letter++) {
        const name = word.charAt(letter)
        const takesValue = valued.includes(name)
        flags.set(
          name,
          takesValue ? (letter + 1 < word.length ? word.slice(letter + 1) : (args[++at] ?? '')) : '',
        )
        if (takesValue) break
      }
    }
  }
  return { flags, rest }
}

/** Characters that a program reads in one step. */
const CHARACTERS_OF_STEP = 16

/**
 * Reads standard input to its end. Returns a pause if more must arrive; the content so far is its memory.
 */
export function inputContent(call: Invocation): Content | Pause {
  const memory = call.memory as Content | undefined | null
  const content = joinContent(memory ?? '', call.input.take())
  return call.input.ended ? content : { input: true, memory: content }
}

/** Whether a program waits for more input. */
export const isPause = (read: Content | Pause): read is Pause => typeof read === 'object' && 'memory' in read

/** As {@link inputContent}, but the text. */
export function inputText(call: Invocation): string | Pause {
  const content = inputContent(call)
  if (isPause(content)) return content
  spend(roughSizeOf(content) / CHARACTERS_OF_STEP)
  reserve(roughSizeOf(content))
  return textOfContent(content)
}
