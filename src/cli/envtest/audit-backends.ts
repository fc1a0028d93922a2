import { quote } from '../../lang/go/quote.js'
import { appendFileSync } from 'node:fs'
import { parseGoDuration } from '../../lang/go/duration.js'
import {
  type AuditedEvent,
  auditedEvents,
  type AuditPolicy,
  parseAuditPolicy,
} from '../../apiserver/audit-policy.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import { AuditSink } from '../../server/webhooks/audit-sink.js'
import { exactJson } from '../../lang/json/exact-json.js'
import { commandFailed, fileOf, flagOf, type ProgramFlags } from './program.js'
import { webhookServer } from './webhook-kubeconfig.js'

type Note = (line: string) => void

/** Where the audit events of a cluster go. */
export interface AuditBackends {
  /** Takes what the policy keeps of each request from now on. */
  readonly follow: (cluster: SimCluster) => void
  /** Resolves when responses may be sent; undefined: at once. */
  readonly audited: () => Promise<void> | undefined
  /** Sends what is left. */
  readonly close: () => Promise<void>
}

const MODES = ['batch', 'blocking', 'blocking-strict']

/**
 * Returns the backends that the flags name: a file, a webhook. Source: apiserver pkg/server/options/audit.go.
 * @throws FlagError with the real program's message
 */
export function auditBackends(flags: ProgramFlags, note: Note): AuditBackends {
  const policy = policyOf(flags)
  const log = logOf(flags)
  const sink = sinkOf(flags, note)
  if (policy === undefined)
    for (const [name, backend] of [['log-path', log] as const, ['webhook-config-file', sink] as const])
      if (backend !== undefined)
        note(`simcluster kube-apiserver: --audit-${name} has no effect without --audit-policy-file\n`)
  const isBlocking = sink?.mode === 'blocking'
  return {
    follow: (cluster) => {
      if (policy === undefined || (log === undefined && sink === undefined)) return
      cluster.on('audit', (event) => {
        const events = auditedEvents(policy, event)
        if (events.length === 0) return
        log?.(events)
        sink?.add(events)
      })
    },
    audited: () => (isBlocking && sink.isBusy ? sink.posted() : undefined),
    close: async () => sink?.close(),
  }
}

function policyOf(flags: ProgramFlags): AuditPolicy | undefined {
  const text = fileOf(flags, 'audit-policy-file')
  if (text === undefined) return undefined
  try {
    return parseAuditPolicy(text, flagOf(flags, 'audit-policy-file') ?? '')
  } catch (error) {
    throw commandFailed(
      `loading audit policy file: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

/** Appends events to the file of `--audit-log-path`, or writes them to stdout (`-`). */
function logOf(flags: ProgramFlags): ((events: readonly AuditedEvent[]) => void) | undefined {
  const path = flagOf(flags, 'audit-log-path')
  if (path === undefined) return undefined
  return (events) => {
    const lines = events.map((each) => `${exactJson(each)}\n`).join('')
    if (path === '-') process.stdout.write(lines)
    else appendFileSync(path, lines)
  }
}

function sinkOf(flags: ProgramFlags, note: Note): AuditSink | undefined {
  const server = webhookServer(flags, 'audit-webhook-config-file')
  if (server === undefined) return undefined
  const mode = flagOf(flags, 'audit-webhook-mode') ?? 'batch'
  if (!MODES.includes(mode))
    throw commandFailed(`invalid audit webhook mode ${mode}, allowed modes are ${quote(MODES.join(','))}`)
  if (mode === 'blocking-strict')
    note('simcluster kube-apiserver: --audit-webhook-mode=blocking-strict acts as blocking\n')
  const size = flagOf(flags, 'audit-webhook-batch-max-size')
  if (size !== undefined && !/^[1-9]\d*$/.test(size))
    throw commandFailed(`invalid audit batch webhook max batch size ${size}, must be a positive number`)
  const wait = flagOf(flags, 'audit-webhook-batch-max-wait')
  const backoff = flagOf(flags, 'audit-webhook-initial-backoff')
  return new AuditSink({
    ...server,
    mode: mode === 'batch' ? 'batch' : 'blocking',
    ...(size === undefined ? {} : { maxSize: Number(size) }),
    ...(wait === undefined ? {} : { maxWait: parseGoDuration(wait) }),
    ...(backoff === undefined ? {} : { initialBackoff: parseGoDuration(backoff) }),
    onLost: (error, count) =>
      note(`Error in audit plugin 'webhook' affecting ${count} audit events: ${String(error)}\n`),
  })
}
