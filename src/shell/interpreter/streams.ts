import { reserve } from '../../lang/bounds/budget.js'
import type { Input } from '../programs/command.js'
import { FileFault } from '../files/file-system.js'
import { absolutePath } from '../files/tree.js'
import type { ExpandScope } from './expand.js'
import { expandText } from './expand.js'
import { shellName } from './frames.js'
import type { ProcessHost } from './shell-call.js'
import type { Context, ShellProcess, Target, Thread } from './state.js'
import type { Redirect } from './syntax.js'

/** Largest text that a pipe or a substitution holds. */
const LARGEST_CAPTURE = 4 * 1024 * 1024

/**
 * Input and output of the threads of one process, as the redirections, pipes and substitutions around a
 * command direct them.
 */
export class ShellStreams {
  readonly #process: ShellProcess
  readonly #host: ProcessHost

  constructor(process: ShellProcess, host: ProcessHost) {
    this.#process = process
    this.#host = host
  }

  /** Opens the redirections of a command; undefined if that failed and the error was printed. */
  redirected(
    thread: Thread,
    redirects: readonly Redirect[],
    scope: ExpandScope,
    once: boolean,
  ): Extract<Context, { kind: 'redirect' }> | undefined {
    const context: Extract<Context, { kind: 'redirect' }> = { kind: 'redirect', out: new Map(), once }
    for (const { fd, mode, target } of redirects) {
      const text = expandText(target, scope)
      try {
        if (mode === '<<') context.input = text
        else if (mode === '<')
          context.input =
            text === '/dev/null' ? '' : this.#host.world.files.read(absolutePath(scope.shell.cwd, text))
        else if (mode === '>&')
          context.out.set(
            String(fd),
            text === '-' ? { kind: 'null' } : (context.out.get(text) ?? { kind: 'stream', fd: Number(text) }),
          )
        else {
          const to = this.#openOutput(absolutePath(scope.shell.cwd, text), mode === '>>')
          for (const each of fd < 0 ? [1, 2] : [fd]) context.out.set(String(each), to)
        }
      } catch (error) {
        if (!(error instanceof FileFault)) throw error
        const name = shellName(thread)
        const why =
          error.message === 'No such file or directory' && mode !== '<'
            ? 'nonexistent directory'
            : error.message
        this.write(
          thread,
          2,
          mode === '<'
            ? `${name}: can't open ${text}: ${why === 'No such file or directory' ? 'no such file' : why}\n`
            : `${name}: can't create ${text}: ${why}\n`,
        )
        return undefined
      }
    }
    return context
  }

  #openOutput(path: string, append: boolean): Target {
    switch (path) {
      case '/dev/null':
        return { kind: 'null' }
      case '/dev/stdout':
      case '/proc/self/fd/1':
        return { kind: 'stream', fd: 1 }
      case '/dev/stderr':
      case '/proc/self/fd/2':
        return { kind: 'stream', fd: 2 }
      case '/proc/1/fd/1':
        return { kind: 'main', fd: 1 }
      case '/proc/1/fd/2':
        return { kind: 'main', fd: 2 }
      default:
        this.#host.world.files.write(path, '', append)
        return { kind: 'file', path }
    }
  }

  /** Writes output to where the surrounding redirections and pipes direct it. */
  write(thread: Thread, stream: number, text: string): void {
    let fd = stream
    for (const frame of thread.frames.toReversed()) {
      for (const context of frame.contexts.toReversed()) {
        if (fd === 1 && (context.kind === 'capture' || context.kind === 'pipe')) {
          reserve(text.length)
          if (context.text.length < LARGEST_CAPTURE) context.text += text.slice(0, LARGEST_CAPTURE)
          return
        }
        const target = context.kind === 'redirect' ? context.out.get(String(fd)) : undefined
        if (target?.kind === 'stream') fd = target.fd
        else if (target !== undefined) return this.#writeTo(target, text)
      }
    }
    reserve(text.length)
    this.#host.emit(fd === 2 ? 2 : 1, text)
  }

  #writeTo(target: Target, text: string): void {
    if (target.kind === 'main') this.#host.emitMain(target.fd, text)
    if (target.kind !== 'file') return
    try {
      this.#host.world.files.write(target.path, text, true)
    } catch (error) {
      if (!(error instanceof FileFault)) throw error
    }
  }

  /** The standard input at the top of the thread. */
  input(thread: Thread): Input {
    return new ThreadInput(this, thread)
  }

  /**
   * Passes the waiting text to `look`, and consumes it if `take` returns true: all of it, or `size()`
   * characters. Returns the result of `look`.
   */
  inputOf(
    thread: Thread,
    look: (text: string) => boolean,
    take: (text: string) => boolean,
    size?: () => number,
  ): boolean {
    const source = this.source(thread)
    if (source === undefined) return look('')
    const answer = look(source.text)
    if (take(source.text)) source.set(source.text.slice(size === undefined ? source.text.length : size()))
    return answer
  }

  /**
   * Whether input has ended: redirected input ends with its text, that of the process when its client says
   * so.
   */
  ended(thread: Thread): boolean {
    const source = this.source(thread)
    return source === undefined || source.closed
  }

  /** Source of the input; undefined if there is none. */
  source(
    thread: Thread,
  ): { readonly text: string; readonly closed: boolean; set(text: string): void } | undefined {
    for (const frame of thread.frames.toReversed()) {
      for (const context of frame.contexts.toReversed()) {
        if (context.kind === 'input')
          return { text: context.text, closed: true, set: (text) => void (context.text = text) }
        if (context.kind === 'redirect' && context.input !== undefined)
          return { text: context.input, closed: true, set: (text) => void (context.input = text) }
      }
    }
    if (thread !== this.#process.threads[0]) return undefined
    const { stdin } = this.#process
    return { text: stdin.text, closed: stdin.closed, set: (text) => void (stdin.text = text) }
  }
}

class ThreadInput implements Input {
  readonly #streams: ShellStreams
  readonly #thread: Thread

  constructor(streams: ShellStreams, thread: Thread) {
    this.#streams = streams
    this.#thread = thread
  }

  get ended(): boolean {
    return this.#streams.ended(this.#thread)
  }

  take(): string {
    let taken = ''
    this.#streams.inputOf(
      this.#thread,
      (text) => {
        taken = text
        return true
      },
      () => true,
    )
    return taken
  }

  takeLine(): string | undefined {
    let line: string | undefined
    this.#streams.inputOf(
      this.#thread,
      (text) => {
        const end = text.indexOf('\n')
        if (end >= 0) line = text.slice(0, end + 1)
        else if (text !== '' && this.ended) line = text
        return true
      },
      (text) => line !== undefined && text.startsWith(line),
      () => line?.length ?? 0,
    )
    return line
  }
}
