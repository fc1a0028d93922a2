import { type ChildProcess, spawn } from 'node:child_process'
import { createHmac, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Frames } from './zmtp.js'
import { ZmtpConnection } from './zmtp.js'

/** An output of a cell, as a notebook stores it (nbformat 4). */
export type Output =
  | { readonly output_type: 'stream'; readonly name: string; readonly text: string }
  | {
      readonly output_type: 'display_data' | 'execute_result'
      readonly data: Readonly<Record<string, unknown>>
      readonly metadata: object
    }
  | { readonly output_type: 'error'; readonly ename: string; readonly evalue: string }

interface Message {
  readonly type: string
  /** Id of the request that it belongs to. */
  readonly parent: string
  readonly content: Readonly<Record<string, unknown>>
}

const DELIMITER = '<IDS|MSG>'

/**
 * Runs cells in Deno's Jupyter kernel. The kernel may send what a cell prints after it has said that it is
 * idle again, so that a client that stops listening then loses some. Here each cell is followed by another,
 * a barrier, which prints a mark: what comes before the mark belongs to the cell.
 */
export class DenoKernel {
  readonly #process: ChildProcess
  readonly #ports: Readonly<Record<string, number>>
  readonly #folder: string
  readonly #key: string = randomUUID()
  /** Rejects when the process ends, with what it has written to stderr. */
  readonly #ended: Promise<never>
  #shell: ZmtpConnection | undefined
  #iopub: ZmtpConnection | undefined
  #outputs: Output[] = []
  /** What the barrier prints, until it has come. */
  #mark: { readonly text: string; readonly resolve: () => void } | undefined
  #idle: { readonly request: string; readonly resolve: () => void } | undefined

  private constructor(program: string, cwd: string, ports: Readonly<Record<string, number>>) {
    this.#ports = ports
    this.#folder = mkdtempSync(join(tmpdir(), 'simcluster-kernel-'))
    const file = join(this.#folder, 'connection.json')
    const connection = { ip: '127.0.0.1', transport: 'tcp', signature_scheme: 'hmac-sha256', key: this.#key }
    writeFileSync(file, JSON.stringify({ ...connection, ...ports }))
    const env = {
      ...process.env,
      NO_COLOR: '1',
      DENO_NO_UPDATE_CHECK: '1',
      DENO_DIR: join(this.#folder, 'deno'),
    }
    const words = ['jupyter', '--kernel', '--conn', file]
    this.#process = spawn(program, words, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] })
    let errors = ''
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text))
    this.#ended = new Promise((_, reject) => {
      this.#process.once('close', (code) => reject(new Error(`the kernel ended with ${code}: ${errors}`)))
    })
    // the end after `stop` is nobody's failure
    this.#ended.catch(() => {})
  }

  /**
   * Starts the kernel in a folder. Another process may take one of its ports between their choice and the
   * kernel's bind, which ends the kernel; it is then started again with other ports.
   */
  static async start(program: string, cwd: string): Promise<DenoKernel> {
    const names = ['control', 'shell', 'stdin', 'hb', 'iopub']
    for (let left = 4; ; left--) {
      const numbers = await freePorts(names.length)
      const ports = Object.fromEntries(names.map((name, at) => [`${name}_port`, numbers[at] ?? 0]))
      const kernel = new DenoKernel(program, cwd, ports)
      try {
        await Promise.race([kernel.#connect(), kernel.#ended])
        return kernel
      } catch (error) {
        kernel.stop()
        if (left === 0) throw error
      }
    }
  }

  async #connect(): Promise<void> {
    const open = (
      name: string,
      type: 'DEALER' | 'SUB',
      receive: (message: Message) => void,
    ): Promise<ZmtpConnection> =>
      retried(() =>
        ZmtpConnection.open(this.#ports[`${name}_port`] ?? 0, type, (frames) => receive(readMessage(frames))),
      )
    this.#iopub = await open('iopub', 'SUB', (message) => this.#hear(message))
    this.#shell = await open('shell', 'DEALER', () => {})
    // nobody tells when a subscription has arrived
    while (!(await Promise.race([this.#run('undefined').then(() => true), sleep(500).then(() => false)])));
  }

  /** Runs a cell, and returns its outputs; texts to the same stream are one. */
  async execute(code: string): Promise<readonly Output[]> {
    this.#outputs = []
    await this.#run(code)
    const mark = randomUUID()
    const marked = new Promise<void>((resolve) => {
      this.#mark = { text: `${mark}\n`, resolve }
    })
    await this.#run(`console.log('${mark}')`)
    await Promise.race([marked, this.#ended])
    return this.#outputs
  }

  stop(): void {
    this.#shell?.close()
    this.#iopub?.close()
    this.#process.kill('SIGKILL')
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** Sends a cell, and resolves when the kernel says that it is idle. */
  async #run(code: string): Promise<void> {
    const request = randomUUID()
    const header = {
      msg_id: request,
      msg_type: 'execute_request',
      session: this.#key,
      username: 'simcluster',
      date: new Date().toISOString(),
      version: '5.3',
    }
    const content = { code, silent: false, store_history: false, allow_stdin: false, stop_on_error: true }
    const parts = [header, {}, {}, content].map((part) => JSON.stringify(part))
    const signature = createHmac('sha256', this.#key).update(parts.join('')).digest('hex')
    const idle = new Promise<void>((resolve) => {
      this.#idle = { request, resolve }
    })
    this.#shell?.send([DELIMITER, signature, ...parts].map((part) => Buffer.from(part)))
    await Promise.race([idle, this.#ended])
  }

  #hear({ type, parent, content }: Message): void {
    if (type === 'status' && content.execution_state === 'idle' && parent === this.#idle?.request)
      this.#idle.resolve()
    const output = outputOf(type, content)
    if (output === undefined) return
    this.#outputs = [...merged([...this.#outputs, output])]
    const last = this.#outputs.at(-1)
    const { text, resolve } = this.#mark ?? { text: '' }
    if (resolve === undefined || last?.output_type !== 'stream' || !last.text.endsWith(text)) return
    const printed = last.text.slice(0, -text.length)
    this.#outputs.splice(-1, 1, ...(printed === '' ? [] : [{ ...last, text: printed }]))
    this.#mark = undefined
    resolve()
  }
}

function readMessage(frames: Frames): Message {
  const texts = frames.map((frame) => frame.toString('utf8'))
  const [header, parent, , content] = texts
    .slice(texts.indexOf(DELIMITER) + 2)
    .map((text) => JSON.parse(text) as Record<string, unknown>)
  return { type: String(header?.msg_type), parent: String(parent?.msg_id), content: content ?? {} }
}

function outputOf(type: string, content: Readonly<Record<string, unknown>>): Output | undefined {
  switch (type) {
    case 'stream':
      return { output_type: type, name: String(content.name), text: String(content.text) }
    case 'display_data':
    case 'execute_result':
      return { output_type: type, data: content.data as Record<string, unknown>, metadata: {} }
    case 'error':
      return { output_type: type, ename: String(content.ename), evalue: String(content.evalue) }
    default:
      return undefined
  }
}

function merged(outputs: readonly Output[]): readonly Output[] {
  const result: Output[] = []
  for (const output of outputs) {
    const last = result.at(-1)
    if (output.output_type === 'stream' && last?.output_type === 'stream' && last.name === output.name)
      result[result.length - 1] = { ...last, text: last.text + output.text }
    else result.push(output)
  }
  return result
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve))))
  const ports = servers.map((server) => {
    const address = server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  })
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

/** Tries until the kernel listens, for ten seconds. */
async function retried<T>(attempt: () => Promise<T>): Promise<T> {
  for (let left = 100; ; left--) {
    try {
      return await attempt()
    } catch (error) {
      if (left === 0) throw error
      await sleep(100)
    }
  }
}
