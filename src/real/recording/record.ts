import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { UserInfo } from '../../client/client.js'
import { type ConnectOptions, globalFlags, runOrThrow } from '../kubectl-process.js'
import { versionIn } from '../server-version.js'
import { startProxy } from './proxy.js'
import { Recorder } from './recorder.js'
import type { Scenario } from './scenario.js'

/** Options of {@link record}: where the cluster is, and what the recording is called. */
export interface RecordOptions extends Omit<ConnectOptions, 'namespace' | 'longestWait'> {
  /** Default `recording`. */
  readonly id?: string
}

/** A recording in progress. */
export interface RealRecording {
  /** Path of a kubeconfig for the proxy. Whoever uses it acts as the user of the real one. */
  readonly kubeconfig: string
  /** `http://127.0.0.1:34567` */
  readonly url: string
  /** Writes everything so far as a file for `npm run conformance`. */
  save(file: string): void
  /** Stops the proxy. */
  close(): Promise<void>
}

/**
 * Starts a proxy that records what is asked of a real cluster, and what it responds, in the format of the
 * conformance recordings: `npm run conformance -- DIR --verbose` plays the file on a simulator and prints
 * what differs. Uids, times and whatever else differs from run to run become placeholders, and so does what
 * the client sends back of it. Secrets are recorded as the client sees them.
 * @throws Error if kubectl is missing or cannot reach the cluster
 */
export async function record(options: RecordOptions = {}): Promise<RealRecording> {
  const { id = 'recording' } = options
  const ask = async (...words: readonly string[]): Promise<string> =>
    (await runOrThrow(options, words)).stdout
  const version = versionIn(await ask('version', '--output=json'))
  const nodes = (await ask('get', 'nodes', '--output=name')).trim().split('\n').filter(Boolean).length
  const user = userIn(await ask('auth', 'whoami', '--output=json'))
  const upstream = await startUpstream(options)
  const recorder = new Recorder()
  const proxy = await startProxy(upstream.port, recorder)
  const url = `http://127.0.0.1:${proxy.port}`
  const folder = mkdtempSync(join(tmpdir(), 'simcluster-record-'))
  const kubeconfig = join(folder, 'kubeconfig')
  writeFileSync(kubeconfig, kubeconfigFor(url), { mode: 0o600 })
  return {
    kubeconfig,
    url,
    save: (file) => {
      const scenarios: readonly Scenario[] = [recorder.scenario(id, { version, nodes, user })]
      writeFileSync(file, `${JSON.stringify(scenarios, undefined, 1)}\n`)
    },
    close: async () => {
      await proxy.close()
      upstream.child.kill()
      rmSync(folder, { recursive: true })
    },
  }
}

function userIn(text: string): UserInfo {
  const { status } = JSON.parse(text) as {
    readonly status: { readonly userInfo: Omit<UserInfo, 'name'> & { readonly username: string } }
  }
  const { username, groups = [] } = status.userInfo
  return { name: username, groups }
}

/** `kubectl proxy` knows every way to authenticate, and speaks plain HTTP. */
function startUpstream(options: ConnectOptions): Promise<{ child: ChildProcess; port: number }> {
  const words = [...globalFlags(options), 'proxy', '--port=0', '--reject-paths=^$']
  const child = spawn(options.kubectl ?? 'kubectl', words, { stdio: ['ignore', 'pipe', 'pipe'] })
  return new Promise((resolve, reject) => {
    const texts = { out: '', err: '' }
    child.stderr.on('data', (part: Buffer) => void (texts.err += part.toString()))
    child.stdout.on('data', (part: Buffer) => {
      texts.out += part.toString()
      const port = /127\.0\.0\.1:(\d+)/.exec(texts.out)?.[1]
      if (port !== undefined) resolve({ child, port: Number(port) })
    })
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`kubectl proxy ended: ${texts.err.trim()}`)))
  })
}

const kubeconfigFor = (server: string): string => `apiVersion: v1
kind: Config
current-context: recorded
contexts: [{ name: recorded, context: { cluster: recorded, user: recorded } }]
clusters: [{ name: recorded, cluster: { server: "${server}" } }]
users: [{ name: recorded, user: {} }]
`
