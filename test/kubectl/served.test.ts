import type { SimCluster } from 'simcluster'
import { expect, test } from 'vitest'
import { files as ledgerFiles } from '../e2e/ledger/files.js'
import { completeBase, recordedCluster, syncAutoscaler, users } from '../e2e/transcripts/base-state.js'
import { compared } from '../e2e/transcripts/normalise.js'
import { files as transcriptFiles } from '../e2e/transcripts/transcripts.js'
import recorded from '../fixtures/kubectl/served.json' with { type: 'json' }

interface Command {
  readonly words: readonly string[]
  readonly user?: string
  readonly stdin?: string
  /** Commands that made what this one finds. */
  readonly before?: readonly string[]
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

const { files: more, commands } = recorded as {
  readonly files: Readonly<Record<string, string>>
  readonly commands: readonly Command[]
}
const files: Readonly<Record<string, string>> = { ...ledgerFiles, ...transcriptFiles, ...more }

/** As the recorder's: cluster c, user u, context x. */
const kubeconfigs: Readonly<Record<string, string>> = Object.fromEntries(
  users.map(({ name, token }) => [
    `${name}.kubeconfig`,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'x',
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:6443' } }],
      users: [{ name: 'u', user: { token } }],
    }),
  ]),
)

/** Commands that change nothing, for which the cluster need not be copied. */
const READING =
  /^(get|describe|explain|api-|version|cluster-info|events|auth (can-i|whoami)|rollout history|config view) /

function playAll(): void {
  const base = recordedCluster()
  base.kubectl('apply -f base.json', { files })
  completeBase(base)
  syncAutoscaler(base)
  expect(commands.length).toBeGreaterThan(250)
  const prepared = new Map<string, SimCluster>()
  const after = (before: readonly string[]): SimCluster => {
    const id = before.join('\n')
    const made = prepared.get(id) ?? base.fork()
    if (!prepared.has(id)) for (const line of before) made.kubectl(line, { files })
    prepared.set(id, made.settle())
    return made
  }
  for (const { words, user = 'admin', stdin, before, ...expected } of commands) {
    const start = before === undefined ? base : after(before)
    const cluster = READING.test(words.join(' ')) ? start : start.fork()
    const { stdout, stderr, exitCode } = cluster.kubectl(words, {
      files: { ...files, ...kubeconfigs },
      env: { KUBECONFIG: `${user}.kubeconfig` },
      version: 'v1.35.2',
      editor: (text) => text,
      ...(stdin === undefined ? {} : { stdin }),
    })
    const { code, ...printed } = compared({ stdout, stderr, code: exitCode })
    expect.soft({ exit: code, ...printed }, `kubectl ${words.join(' ')}`).toEqual(expected)
  }
}

test(
  'wrong usage, refusals and rarer forms: what kubectl 1.35.2 printed for this cluster when it was ' +
    'served',
  () => playAll(),
)
