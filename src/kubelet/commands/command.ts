import type { PlainData } from '../../sim/plain-data.js'
import type { FileSystem, FileUser } from '../files/file-system.js'
import { FileFault } from '../files/file-system.js'

/** One process, as `ps` shows it. */
export interface ProcessEntry {
  readonly pid: number
  readonly uid: number
  readonly command: string
}

/** Answer of a connection that was tried. */
export type Connected =
  | { readonly kind: 'refused' | 'timeout' | 'unreachable' | 'reset' }
  | { readonly kind: 'answered'; readonly response: NetworkResponse }

/** What comes over a connection. `status` only for HTTP. */
export interface NetworkResponse {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
  /** Virtual ms until the answer comes; whoever has a time limit (a probe) may give up before. Default 0. */
  readonly delay?: number
}

/** What goes over a connection: an HTTP request, raw text, or nothing but the opening. */
export interface NetworkRequest {
  readonly protocol: 'http' | 'tcp' | 'udp'
  readonly method?: string
  readonly path?: string
  readonly host?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** The network as a container sees it. */
export interface ContainerNetwork {
  /** Addresses of a DNS name; undefined: no such name. `full` is the name that was found. */
  lookup(name: string): { readonly full: string; readonly addresses: readonly string[] } | undefined
  /** Address of the DNS server. */
  readonly dnsServer: string
  /** Text of /etc/resolv.conf. */
  readonly resolvConf: string
  /**
   * Asks a DNS server (default {@link dnsServer}) one question. `rcode` is `NOERROR`, `NXDOMAIN`, ..., or
   * `TIMEOUT` when it does not answer.
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

/** The container around a command. */
export interface World {
  /** Virtual ms. */
  readonly now: number
  readonly hostname: string
  readonly user: FileUser
  /** Name of the user in /etc/passwd. */
  readonly userName: string | undefined
  readonly files: FileSystem
  readonly network: ContainerNetwork
  /** Names of the programs that there are. */
  has(program: string): boolean
  processes(): readonly ProcessEntry[]
  /** Sends a signal to a process; answers whether there is one. */
  kill(pid: number, signal: number): boolean
}

/** Standard input. */
export interface Input {
  /** All that has come since the last call. */
  take(): string
  /**
   * The next line with its end; undefined when it has not come yet, or will not. What is left before the end
   * counts as a line.
   */
  takeLine(): string | undefined
  /** Nothing will come any more. */
  readonly ended: boolean
}

/** What one call of a command sees. */
export interface Invocation {
  /** As it was called. */
  readonly name: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly world: World
  readonly input: Input
  /** What the command left behind when it paused; undefined at its first call. */
  readonly memory: PlainData
  readonly write: (text: string) => void
  readonly error: (text: string) => void
}

/** The command goes on later: at a time, when input comes, or never. It is called again with its memory. */
export interface Pause {
  readonly until?: number
  readonly input?: boolean
  readonly memory: PlainData
}

/**
 * One of the programs that every container has: a function over what it sees. Answers its exit code, or that
 * it goes on later.
 */
export interface Program {
  readonly name: string
  run(call: Invocation): number | Pause
}

/** Does something with a file; a failure is told as busybox tells it, with `text` before the file's name. */
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
 * The letters of the flags (`-la`, `-n 5` with `n` in `valued`, `--spider`), wherever they stand before a
 * `--`, and the other words.
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

/**
 * The text of a file, or of standard input for `-` and for no file at all. Undefined: more has to come; the
 * text so far is the memory.
 */
export function inputText(call: Invocation): string | Pause {
  const text = (typeof call.memory === 'string' ? call.memory : '') + call.input.take()
  return call.input.ended ? text : { input: true, memory: text }
}
