import { bytesOfText, textOfBytes } from '../../lang/bytes/byte-text.js'
import { joinBytes } from '../../lang/bytes/join-bytes.js'
import type { Chunk } from '../../client/node-agent.js'
import type { HostMachine } from '../machine/host-machine.js'
import type { JobState } from '../machine/state.js'
import { endJob, jobsOf } from '../machine/jobs.js'
import type { CommandCall, CommandOutput } from './command.js'
import { failed, follow, joined } from './command.js'
import { runKubectl } from './kubectl.js'
import type { LocalReply } from './local-servers.js'

/** Longest that a job in the foreground is waited for, as if Ctrl-C were pressed then. */
const LONGEST = 60_000

/** The first number of a background process. */
const FIRST_PID = 91_000

/** What a line with `&` at its end starts: its text, and its words without quotes. */
export async function background({ args, machine, env, cwd, exec }: CommandCall): Promise<CommandOutput> {
  const [text = '', ...words] = args
  const [program = '', ...more] = words
  const jobs = (machine.state.jobs ??= [])
  const number = Math.max(0, ...jobsOf(machine).map((job) => job.number)) + 1
  const pid = FIRST_PID + machine.hosts.state.nextId++
  const add = (job: Partial<JobState>): string => {
    jobs.push({ number, pid, text, started: machine.cluster.now(), words, ports: [], ...job })
    return `[${number}] ${pid}\n`
  }
  if (program === 'sleep' && more.every((each) => /^\d+(?:\.\d+)?[smhd]?$/.test(each))) {
    const units = { s: 1, m: 60, h: 3600, d: 86_400 }
    const seconds = more.reduce(
      (sum, each) => sum + Number.parseFloat(each) * (units[(each.at(-1) ?? '') as 's'] ?? 1),
      0,
    )
    return { stderr: add({ until: machine.cluster.now() + seconds * 1000 }) }
  }
  if (program !== 'kubectl' || !more.some((word) => word === 'proxy' || word === 'port-forward'))
    return exec(program, more)
  const kubeconfig = env.get('KUBECONFIG')
  const ports: number[] = []
  let isOpen = false
  const result = runKubectl(
    { machine, args: more, env, cwd, stdin: '' },
    {
      proxied: () => {
        isOpen = true
      },
      forwarded: (forwarded) => {
        isOpen = true
        ports.push(...forwarded.map(({ local }) => local))
      },
    },
  )
  if (!isOpen) return joined([{ stderr: `[${number}] ${pid}\n` }, result])
  const [, proxy] = /^Starting to serve on .*:(\d+)$/m.exec(result.stdout ?? '') ?? []
  if (proxy !== undefined) ports.push(Number(proxy))
  const taken = ports.find((port) => jobsOf(machine).some((job) => job.ports.includes(port)))
  if (taken !== undefined)
    return failed(
      more.includes('proxy')
        ? `error: listen tcp 127.0.0.1:${taken}: bind: address already in use`
        : `Unable to listen on port ${taken}: Listeners failed to create with the following errors: ` +
            `[unable to create listener: Error listen tcp4 127.0.0.1:${taken}: bind: ` +
            `address already in use]\n` +
            `error: unable to listen on any of the requested ports: [{${taken} 80}]`,
    )
  const told = add({ ports, cwd, ...(kubeconfig === undefined ? {} : { kubeconfig }) })
  return joined([{ stderr: told }, result])
}

const line = (job: JobState, state: string, sign: string): string =>
  `[${job.number}]${sign}  ${state.padEnd(22)}  ${job.text}${state === 'Running' ? ' &' : ''}\n`

/** `jobs [-l] [-p]`: what runs in the background. Source: bash builtins/jobs.def. */
export function jobs({ args, machine }: CommandCall): CommandOutput {
  const all = jobsOf(machine)
  if (args.includes('-p')) return { stdout: all.map(({ pid }) => `${pid}\n`).join('') }
  const sign = (at: number): string => (at === all.length - 1 ? '+' : at === all.length - 2 ? '-' : ' ')
  const text = (job: JobState, at: number): string =>
    args.includes('-l')
      ? line(job, 'Running', sign(at)).replace(/^(\[\d+\].) /, `$1 ${job.pid}`)
      : line(job, 'Running', sign(at))
  return { stdout: all.map(text).join('') }
}

/** The job that `%1`, `%name` or nothing means. */
export function jobNamed(machine: HostMachine, word: string | undefined): JobState | undefined {
  const all = jobsOf(machine)
  const name = word?.replace(/^%/, '')
  if (name === undefined || name === '' || name === '%' || name === '+') return all.at(-1)
  if (name === '-') return all.at(-2)
  return all.find(({ number, text }) =>
    /^\d+$/.test(name) ? number === Number(name) : text.startsWith(name),
  )
}

const noJob = (program: string, word: string | undefined): CommandOutput =>
  failed(`bash: ${program}: ${word ?? 'current'}: no such job`)

/** `fg [JOB]`: waits for a job; a server is interrupted after a minute, as by Ctrl-C. */
export function fg({ args: [word], machine }: CommandCall): CommandOutput {
  const job = jobNamed(machine, word)
  if (job === undefined) return noJob('fg', word)
  if (job.until === undefined) {
    follow(machine)
    endJob(machine, job)
    return { stdout: `${job.text}\n^C\n`, code: 130 }
  }
  const wait = Math.min(LONGEST, job.until - machine.cluster.now())
  machine.cluster.advance(Math.max(0, wait))
  endJob(machine, job)
  return { stdout: `${job.text}\n` }
}

/** `bg [JOB]`: nothing is ever stopped here, so that nothing can go on. */
export function bg({ args: [word], machine }: CommandCall): CommandOutput {
  const job = jobNamed(machine, word)
  return job === undefined
    ? noJob('bg', word)
    : failed(`bash: bg: job ${job.number} already in background`, 0)
}

/** A request to a port that a job has opened. */
export interface JobRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/**
 * Sends a request to a port that `kubectl proxy` or `kubectl port-forward` keeps open in the background;
 * undefined if none does, 'empty' if the connection is lost, which ends a port-forward.
 */
export function jobReply(
  machine: HostMachine,
  port: number,
  authority: string,
  request: JobRequest,
): LocalReply | 'empty' | undefined {
  const job = jobsOf(machine).find(({ ports }) => ports.includes(port))
  if (job === undefined) return undefined
  const [, ...args] = job.words
  const env = new Map(job.kubeconfig === undefined ? [] : [['KUBECONFIG', job.kubeconfig]])
  let reply: LocalReply | undefined
  runKubectl(
    { machine, args, env, cwd: job.cwd ?? '/root', stdin: '' },
    {
      proxied: (handle) => {
        const { code, headers, body } = handle(request)
        reply = { isSecure: false, code, headers: textHeaders(headers), body }
      },
      forwarded: (ports) => {
        const session = ports.find(({ local }) => local === port)?.connect()
        if (session === undefined) return
        session.write(bytesOfText(requestText(authority, request)))
        const read: Chunk[] = [...session.read()]
        session.stop()
        reply = replyIn(textOfBytes(joinBytes(read.map(({ data }) => data))))
      },
    },
  )
  if (reply !== undefined) return reply
  if (!args.includes('proxy')) endJob(machine, job)
  return 'empty'
}

const textHeaders = (
  headers: Readonly<Record<string, string | readonly string[]>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : value.join(', '),
    ]),
  )

function requestText(authority: string, { method, path, headers, body = '' }: JobRequest): string {
  const length = body === '' ? {} : { 'content-length': String(bytesOfText(body).length) }
  const all = { host: authority, ...headers, ...length }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`
}

/** Reads a response of HTTP/1.1; undefined if it is none. */
function replyIn(text: string): LocalReply | undefined {
  const end = text.indexOf('\r\n\r\n')
  const [first = '', ...lines] = text.slice(0, Math.max(0, end)).split('\r\n')
  const [, code] = /^HTTP\/1\.[01] (\d+)/.exec(first) ?? []
  if (code === undefined) return undefined
  const headers = Object.fromEntries(
    lines.map((each) => {
      const at = each.indexOf(':')
      return [each.slice(0, at).toLowerCase(), each.slice(at + 1).trim()]
    }),
  )
  return { isSecure: false, code: Number(code), headers, body: text.slice(end + 4) }
}
