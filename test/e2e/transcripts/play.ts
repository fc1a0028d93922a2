import { stringify } from 'yaml'
import type { Outcome, ServedCluster } from '../harness.js'
import { users } from './base-state.js'
import type { Transcript } from './transcripts.js'
import { files } from './transcripts.js'

/**
 * Real ms after which a command is interrupted that waits for ever: the recorder did that, after a minute.
 */
const PATIENCE = 20_000
/** So many kubectls run at once. */
const AT_ONCE = 6

/** Writes the kubeconfigs and files that the commands expect. */
export function layOut(served: ServedCluster): void {
  for (const { name, token } of users) served.file(`${name}.kubeconfig`, kubeconfig(served, token))
  for (const [name, text] of Object.entries(files)) served.file(name, text)
}

/** As the recorder's: cluster c, user u, context x. */
function kubeconfig({ server }: ServedCluster, token: string): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'x',
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    clusters: [
      { name: 'c', cluster: { server: server.url, 'certificate-authority-data': btoa(server.authority) } },
    ],
    users: [{ name: 'u', user: { token } }],
  })
}

/** Runs a recorded command with the real kubectl. */
export function replay(
  served: ServedCluster,
  { words, stdin, user = 'admin' }: Transcript,
  timeout: number = PATIENCE,
): Promise<Outcome> {
  return served.kubectl(words, { as: user, timeout, ...(stdin === undefined ? {} : { stdin }) })
}

/** Runs `work` for each item, so many at a time. */
export async function inParallel<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
  atOnce: number = AT_ONCE,
): Promise<void> {
  const left = items.values()
  const worker = async (): Promise<void> => {
    for (const item of left) await work(item)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}
