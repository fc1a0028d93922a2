import { checkCommand } from './inputs.js'
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../disk/temporary-folder.js'
import type { AnyHttpResponse, HttpRequest } from '../client/http.js'
import type { SimCluster } from '../cluster/sim-cluster.js'
import type { KubeconfigUser } from './credentials/kubeconfig.js'
import { serve } from './serve.js'

/** What a program needs of the run that is explored, see `ClientAccess` of simcluster/explore. */
export interface ExploredRun {
  readonly cluster: SimCluster
  send(request: HttpRequest): Promise<AnyHttpResponse>
  watchActivity(isBusy: () => boolean): void
}

/** A client that is a program: it has time of its own. */
export interface CommandClient {
  (access: ExploredRun): Promise<() => Promise<void>>
  readonly ownTime: true
}

/** Options of {@link commandClient}. */
export interface CommandClientOptions extends KubeconfigUser {
  /** Environment variables besides those of this process. `KUBECONFIG` leads to the cluster. */
  readonly env?: Readonly<Record<string, string>>
  /**
   * Real ms that the program has for its first request.
   * @default 10,000
   */
  readonly startup?: number
}

/**
 * Returns a client of `explore()` that is a program in any language, such as
 * `commandClient(['node', 'controller.mjs'])`: each run serves its cluster over HTTPS and starts the program
 * with `KUBECONFIG`; a crash kills it. Use it with `quiet: { ms: 20 }` or more. On Linux, a program that
 * runs, or waits for a processor, is not quiet.
 * @example await explore(cluster, { clients: { controller: commandClient(['./controller']) }, always })
 */
export function commandClient(command: readonly string[], options: CommandClientOptions = {}): CommandClient {
  checkCommand([command, options])
  const [program = '', ...words] = command
  const { env = {}, startup = 10_000, ...user } = options
  const start = async (access: ExploredRun): Promise<() => Promise<void>> => {
    let pid: number | undefined
    let hasStarted = false
    const late = performance.now() + startup
    access.watchActivity(() => (hasStarted ? pid !== undefined && isRunning(pid) : performance.now() < late))
    const server = await serve(access.cluster, {
      explore: (request) => {
        hasStarted = true
        return access.send(request)
      },
    })
    const folder = temporaryFolder('simcluster')
    const kubeconfig = join(folder.path, 'kubeconfig')
    server.writeKubeconfig(kubeconfig, user)
    const child = spawn(program, words, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env, KUBECONFIG: kubeconfig },
    })
    pid = child.pid
    const over = (): void => {
      hasStarted = true
      pid = undefined
    }
    child.once('error', over)
    child.once('exit', over)
    return async () => {
      child.kill('SIGKILL')
      folder.remove()
      await server.close()
    }
  }
  return Object.assign(start, { ownTime: true as const })
}

/** Whether a thread of the process runs, or waits for a processor. Only Linux tells; elsewhere false. */
function isRunning(pid: number): boolean {
  try {
    return readdirSync(`/proc/${pid}/task`).some((thread) => {
      const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8')
      return /^ [RD]/.test(stat.slice(stat.lastIndexOf(')') + 1))
    })
  } catch {
    return false
  }
}
