import type { ExecRequest, SessionEnd } from '../../client/node-agent.js'
import type { SpdyConnection, SpdyStream } from '../spdy/connection.js'
import { RemoteSession } from './remote-session.js'

/** What a kubelet says of the end of a command: a Status. */
interface EndStatus {
  readonly status?: string
  readonly message?: string
  readonly details?: { readonly causes?: readonly { readonly reason?: string; readonly message?: string }[] }
}

/**
 * A command that runs at a kubelet, or its first process. What is written before the connection stands waits
 * for it. Source: client-go tools/remotecommand v4.
 */
export class RemoteExec extends RemoteSession {
  readonly #streams: Promise<ReadonlyMap<string, SpdyStream>>
  #connection: SpdyConnection | undefined
  #status = ''
  #isStopped = false

  constructor(dialed: Promise<SpdyConnection>, request: ExecRequest) {
    super()
    this.#streams = dialed.then((connection) => this.#begin(connection, request))
    this.#streams.catch((error: unknown) =>
      this.finish({ exitCode: 1, error: error instanceof Error ? error.message : String(error) }),
    )
  }

  write(data: Uint8Array): void {
    this.#with('stdin', (stream) => stream.write(data))
  }

  closeInput(): void {
    this.#with('stdin', (stream) => stream.end())
  }

  resize(width: number, height: number): void {
    this.#with('resize', (stream) =>
      stream.write(Buffer.from(JSON.stringify({ Width: width, Height: height }))),
    )
  }

  stop(): void {
    this.#isStopped = true
    this.#connection?.close()
  }

  #with(name: string, act: (stream: SpdyStream) => void): void {
    const actOn = (stream: SpdyStream | undefined): void => (stream === undefined ? undefined : act(stream))
    this.#streams.then((streams) => actOn(streams.get(name))).catch(() => undefined)
  }

  #begin(
    connection: SpdyConnection,
    { stdin, stdout, stderr, tty }: ExecRequest,
  ): ReadonlyMap<string, SpdyStream> {
    this.#connection = connection
    connection.onClose = () => this.finish(endOf(this.#status))
    connection.start()
    const wanted = { error: true, stdin, stdout, stderr: stderr && !tty, resize: tty }
    const names = Object.entries(wanted).flatMap(([name, isWanted]) => (isWanted ? [name] : []))
    const streams = new Map(names.map((streamtype) => [streamtype, connection.openStream({ streamtype })]))
    for (const name of ['stdout', 'stderr'] as const) {
      const stream = streams.get(name)
      if (stream !== undefined) stream.onData = (data) => this.receive(name, data)
    }
    const errors = streams.get('error')
    if (errors !== undefined) {
      errors.onData = (data) => void (this.#status += data.toString())
      errors.end()
    }
    if (this.#isStopped) connection.close()
    return streams
  }
}

/** Source: client-go tools/remotecommand errorDecoderV4. */
function endOf(text: string): SessionEnd {
  let status: EndStatus
  try {
    status = JSON.parse(text) as EndStatus
  } catch {
    return { exitCode: 1, error: text === '' ? 'the connection to the kubelet was lost' : text }
  }
  if (status.status === 'Success') return { exitCode: 0 }
  const exit = status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message
  if (exit !== undefined && /^\d+$/.test(exit)) return { exitCode: Number(exit) }
  return { exitCode: 1, error: status.message ?? 'error executing command' }
}
