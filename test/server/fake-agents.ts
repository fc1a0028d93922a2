import { ApiError } from '../../src/client/api-error.js'
import type {
  Chunk,
  ExecRequest,
  LogRequest,
  NodeAgent,
  NodeAgents,
  ContainerStream,
  SessionEnd,
} from '../../src/client/node-agent.js'

/** A session that a test's container writes to. */
export class FakeSession implements ContainerStream {
  end: SessionEnd | undefined
  isStopped = false
  onInput: (data: Uint8Array) => void = () => undefined
  onInputEnd: () => void = () => undefined
  onResize: (width: number, height: number) => void = () => undefined
  readonly #waiting: Chunk[] = []
  #listener: () => void = () => undefined

  say(text: string | Uint8Array, stream: Chunk['stream'] = 'stdout'): this {
    this.#waiting.push({ stream, data: typeof text === 'string' ? Buffer.from(text) : text })
    this.#listener()
    return this
  }

  finish(end: SessionEnd): this {
    this.end ??= end
    this.#listener()
    return this
  }

  write(data: Uint8Array): void {
    this.onInput(data)
  }

  closeInput(): void {
    this.onInputEnd()
  }

  resize(width: number, height: number): void {
    this.onResize(width, height)
  }

  read(): readonly Chunk[] {
    return this.#waiting.splice(0)
  }

  onReady(listener: () => void): void {
    this.#listener = listener
    listener()
  }

  stop(): void {
    this.isStopped = true
  }
}

/**
 * Kubelets whose containers know a few commands: `echo WORDS`, `fail N`, `cat` (until the end of stdin),
 * `size` (says the first size of the terminal), `big N` (N bytes). Ports are HTTP servers; port 81 is closed.
 * Logs are those that the test writes.
 */
export class FakeAgents implements NodeAgents, NodeAgent {
  /** Lines by container. */
  readonly lines: Map<string, string[]> = new Map()
  readonly sessions: FakeSession[] = []
  readonly requests: (LogRequest | ExecRequest)[] = []
  readonly #followers: { readonly container: string; readonly session: FakeSession }[] = []

  agentOf(): NodeAgent {
    return this
  }

  /** The container writes a line. */
  log(container: string, line: string): void {
    this.lines.set(container, [...(this.lines.get(container) ?? []), line])
    for (const follower of this.#followers)
      if (follower.container === container) follower.session.say(`${line}\n`)
  }

  /** The container ends: who follows its log is done. */
  endLogs(): void {
    for (const { session } of this.#followers) session.finish({ exitCode: 0 })
  }

  logs(request: LogRequest): ContainerStream {
    this.requests.push(request)
    const { container, follow, tailLines } = request
    if (container === 'waiting')
      throw new ApiError(
        400,
        'BadRequest',
        `container "waiting" in pod "p" is waiting to start: ContainerCreating`,
      )
    const lines = this.lines.get(container) ?? []
    const session = this.#session()
    for (const line of tailLines === undefined ? lines : lines.slice(Math.max(0, lines.length - tailLines)))
      session.say(`${line}\n`)
    if (follow) this.#followers.push({ container, session })
    else session.finish({ exitCode: 0 })
    return session
  }

  exec(request: ExecRequest): ContainerStream {
    this.requests.push(request)
    const [program, ...words] = request.command ?? []
    const session = this.#session()
    switch (program) {
      case 'echo':
        return session.say(`${words.join(' ')}\n`).finish({ exitCode: 0 })
      case 'fail':
        return session.say('bad\n', 'stderr').finish({ exitCode: Number(words[0]) })
      case 'big':
        return session.say(Buffer.alloc(Number(words[0]), 'x')).finish({ exitCode: 0 })
      case 'cat':
        session.onInput = (data) => void session.say(data)
        session.onInputEnd = () => void session.finish({ exitCode: 0 })
        return session
      case 'size':
        session.onResize = (width, height) => void session.say(`${width}x${height}\n`).finish({ exitCode: 0 })
        return session
      default:
        throw new ApiError(
          500,
          'InternalError',
          'Internal error occurred: unable to upgrade connection: container not found ' +
            `("${request.container}")`,
        )
    }
  }

  attach(request: ExecRequest): ContainerStream {
    return this.exec({ ...request, command: ['cat'] })
  }

  portForward(_pod: unknown, port: number): ContainerStream {
    if (port === 81)
      throw new Error(
        'failed to connect to localhost:81 inside namespace "x": dial tcp4 127.0.0.1:81: connect: ' +
          'connection refused',
      )
    const session = this.#session()
    let asked = ''
    session.onInput = (data) => {
      asked += Buffer.from(data).toString()
      if (!asked.includes('\r\n\r\n')) return
      const body = `port ${port}: ${asked.split('\r\n')[0] ?? ''}\n`
      session
        .say(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`)
        .finish({ exitCode: 0 })
    }
    session.onInputEnd = () => void session.finish({ exitCode: 0 })
    return session
  }

  #session(): FakeSession {
    const session = new FakeSession()
    this.sessions.push(session)
    return session
  }
}
