import { checkRecord, checkSaved } from '../inputs.js'
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import type { UserInfo } from '../../client/client.js'
import { writePrivateFile } from '../../disk/private-file.js'
import { temporaryFolder } from '../../disk/temporary-folder.js'
import { kubeconfigText } from '../../pki/index.js'
import { type RealClusterOptions, globalFlags, runOrThrow } from '../kubectl-process.js'
import { versionIn } from '../server-version.js'
import { proxyIdentity } from './proxy-identity.js'
import { startProxy } from './proxy.js'
import { Recorder } from './recorder.js'
import type { Scenario } from './scenario.js'

/** Options of {@link recordCluster}: where the cluster is, and what the recording is called. */
export interface RecordClusterOptions extends Omit<RealClusterOptions, 'namespace' | 'longestWait'> {
  /** @default `recording` */
  readonly id?: string
}

/** A recording in progress. */
export interface RealRecording {
  /**
   * Path of a kubeconfig for the proxy, with a token of its own. Whoever uses it acts as the user of the real
   * one; nobody else can read it, and `close()` removes it.
   */
  readonly kubeconfig: string
  /** `https://127.0.0.1:34567` */
  readonly url: string
  /** Writes everything so far as a file for `npm run conformance`, which only its owner can read. */
  save(file: string): void
  /** Stops the proxy. */
  close(): Promise<void>
}

/**
 * Starts a proxy that records what is asked of a real cluster, and what it responds, in the format of the
 * conformance recordings: `npm run conformance -- DIR --verbose` plays the file on a simulator and prints
 * what differs. Uids, times and whatever else differs from run to run become placeholders, and so does what
 * the client sends back of it. Secrets are recorded as the client sees them. The proxy is for whoever has its
 * kubeconfig: it speaks TLS, asks for a token, and takes no requests of web pages. As `kubectl proxy` does by
 * default, it refuses exec and attach.
 * @throws Error if kubectl is missing or cannot reach the cluster
 * @example const recording = await recordCluster({ kubeconfig: 'kind.kubeconfig', id: 'rollout' })
 */
export async function recordCluster(options: RecordClusterOptions = {}): Promise<RealRecording> {
  checkRecord(options)
  const { id = 'recording' } = options
  const ask = async (...words: readonly string[]): Promise<string> =>
    (await runOrThrow(options, words)).stdout
  const version = versionIn(await ask('version', '--output=json'))
  const nodes = (await ask('get', 'nodes', '--output=name')).trim().split('\n').filter(Boolean).length
  const user = userIn(await ask('auth', 'whoami', '--output=json'))
  const folder = temporaryFolder('simcluster-record')
  const socket = join(folder.path, 'kubectl.sock')
  const upstream = await startUpstream(options, socket).catch((error: unknown) => {
    folder.remove()
    throw error
  })
  const recorder = new Recorder()
  const identity = proxyIdentity()
  const proxy = await startProxy({ socket, identity, recorder })
  const url = `https://127.0.0.1:${proxy.port}`
  const kubeconfig = join(folder.path, 'kubeconfig')
  const { authority, token } = identity
  writePrivateFile(
    kubeconfig,
    kubeconfigText({ cluster: 'recorded', server: url, authority, user: 'recorded', credential: { token } }),
  )
  return {
    kubeconfig,
    url,
    save: (file) => {
      checkSaved([file])
      const scenarios: readonly Scenario[] = [recorder.scenario(id, { version, nodes, user })]
      writePrivateFile(file, `${JSON.stringify(scenarios, undefined, 1)}\n`)
    },
    close: async () => {
      await proxy.close()
      upstream.kill()
      folder.remove()
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

/**
 * `kubectl proxy` knows every way to authenticate, and speaks plain HTTP: on a socket in a folder that only
 * its owner can enter. Ends with this process.
 */
function startUpstream(options: RealClusterOptions, socket: string): Promise<ChildProcess> {
  const words = [...globalFlags(options), 'proxy', `--unix-socket=${socket}`]
  const child = spawn(options.kubectl ?? 'kubectl', words, { stdio: ['ignore', 'pipe', 'pipe'] })
  const kill = (): void => void child.kill()
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
  return new Promise((resolve, reject) => {
    const texts = { out: '', err: '' }
    child.stderr.on('data', (part: Buffer) => void (texts.err += part.toString()))
    child.stdout.on('data', (part: Buffer) => {
      texts.out += part.toString()
      if (texts.out.includes('Starting to serve on')) resolve(child)
    })
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`kubectl proxy ended: ${texts.err.trim()}`)))
  })
}
