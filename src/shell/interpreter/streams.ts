import { reserve } from '../../lang/bounds/budget.js'
import type { Content } from '../../lang/bytes/content.js'
import { joinContent, sizeOf, sliceContent, textOfContent } from '../../lang/bytes/content.js'
import type { Input } from '../programs/command.js'
import { FileFault } from '../files/file-system.js'
import { absolutePath } from '../files/tree.js'
import type { ExpandScope } from './expand.js'
import { expandText } from './expand.js'
import { shellName } from './frames.js'
import type { ProcessHost } from './shell-call.js'
import type { Context, ShellProcess, OutputTarget, Thread } from './state.js'
import type { Redirect } from './syntax.js'

/**
 * Input and output of the threads of one process, as the redirections, pipes and substitutions around a
 * command direct them.
 */
export class ShellStreams {
  /** Bytes that have been written to the client of the process. */
  written = 0
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
            text === '/dev/null' ? '' : this.#host.world.files.content(absolutePath(scope.shell.cwd, text))
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

  #openOutput(path: string, append: boolean): OutputTarget {
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
  write(thread: Thread, stream: number, content: Content): void {
    if (typeof content === 'string') reserve(content.length)
    let fd = stream
    for (const frame of thread.frames.toReversed()) {
      for (const context of frame.contexts.toReversed()) {
        if (fd === 1 && (context.kind === 'capture' || context.kind === 'pipe')) {
          context.content = joinContent(context.content, content)
          return
        }
        const target = context.kind === 'redirect' ? context.out.get(String(fd)) : undefined
        if (target?.kind === 'stream') fd = target.fd
        else if (target !== undefined) return this.#writeTo(target, content)
      }
    }
    this.written += sizeOf(content)
    this.#host.emit(fd === 2 ? 2 : 1, content)
  }

  #writeTo(target: OutputTarget, content: Content): void {
    if (target.kind === 'main') this.#host.emitMain(target.fd, content)
    if (target.kind !== 'file') return
    try {
      this.#host.world.files.write(target.path, content, true)
    } catch (error) {
      if (!(error instanceof FileFault)) throw error
    }
  }

  /** The standard input at the top of the thread. */
  input(thread: Thread): Input {
    return new ThreadInput(this, thread)
  }

  /** Whether input waits to be read. */
  hasInput(thread: Thread): boolean {
    const content = this.source(thread)?.content
    return content !== undefined && content !== ''
  }

  /**
   * Whether input has ended: redirected input ends with its content, that of the process when its client says
   * so.
   */
  ended(thread: Thread): boolean {
    const source = this.source(thread)
    return source === undefined || source.closed
  }

  /** Source of the input; undefined if there is none. */
  source(thread: Thread): Source | undefined {
    for (const frame of thread.frames.toReversed()) {
      for (const context of frame.contexts.toReversed()) {
        if (context.kind === 'input')
          return { content: context.content, closed: true, set: (left) => void (context.content = left) }
        if (context.kind === 'redirect' && context.input !== undefined)
          return { content: context.input, closed: true, set: (left) => void (context.input = left) }
      }
    }
    if (thread !== this.#process.threads[0]) return undefined
    const { stdin } = this.#process
    return { content: stdin.content, closed: stdin.closed, set: (left) => void (stdin.content = left) }
  }
}

/** Where a thread's input comes from. */
interface Source {
  readonly content: Content
  readonly closed: boolean
  /** Sets what is left of it. */
  set(content: Content): void
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

  get isEmpty(): boolean {
    return !this.#streams.hasInput(this.#thread)
  }

  take(most = Infinity): Content {
    const source = this.#streams.source(this.#thread)
    if (source === undefined || source.content === '') return ''
    const { content } = source
    source.set(most === Infinity ? '' : sliceContent(content, most))
    return most === Infinity ? content : sliceContent(content, 0, most)
  }

  takeLine(): string | undefined {
    const source = this.#streams.source(this.#thread)
    if (source === undefined || source.content === '') return undefined
    const { content } = source
    const end = endOfLine(content)
    if (end < 0 && !this.ended) return undefined
    if (typeof content === 'string') {
      source.set(end < 0 ? '' : content.slice(end))
      return end < 0 ? content : content.slice(0, end)
    }
    const size = end < 0 ? sizeOf(content) : end
    source.set(sliceContent(content, size))
    return textOfContent(sliceContent(content, 0, size))
  }
}

/** Returns the position after the first line end, in characters or in bytes; -1 if there is none. */
function endOfLine(content: Content): number {
  if (typeof content === 'string') return content.indexOf('\n') + 1 || -1
  let before = 0
  for (const piece of content.pieces) {
    const at = typeof piece === 'number' ? -1 : piece.indexOf(NEWLINE)
    if (at >= 0) return before + at + 1
    before += typeof piece === 'number' ? piece : piece.length
  }
  return -1
}

const NEWLINE = 10
