import type { ExecRequest, SessionEnd } from '../../client/node-agent.js'
import type { SpdyConnection, SpdyStream } from '../spdy/connection.js'
import { DialedSession } from './dialed-session.js'

/** What a kubelet says of the end of a command: a Status. */
interface EndStatus {
  readonly status?: string
  readonly message?: string
  readonly details?: { readonly causes?: readonly { readonly reason?: string; readonly message?: string }[] }
}

type Streams = ReadonlyMap<string, SpdyStream>

/** A command that runs at a kubelet, or its first process. Source: client-go tools/remotecommand v4. */
export class RemoteExec extends DialedSession<Streams> {
  readonly #request: ExecRequest
  #status = ''

  constructor(dialed: Promise<SpdyConnection>, request: ExecRequest) {
    super(dialed)
    this.#request = request
  }

  write(data: Uint8Array): void {
    this.with((streams) => streams.get('stdin')?.write(data))
  }

  closeInput(): void {
    this.with((streams) => streams.get('stdin')?.end())
  }

  resize(width: number, height: number): void {
    const size = Buffer.from(JSON.stringify({ Width: width, Height: height }))
    this.with((streams) => streams.get('resize')?.write(size))
  }

  protected open(connection: SpdyConnection): Streams {
    const { stdin, stdout, stderr, tty } = this.#request
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
    return streams
  }

  protected closed(): void {
    this.finish(endOf(this.#status))
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
