/**
 * The other simulator, @ngrok/webernetes, behind the few words that the benchmarks need. Installed by
 * setup.ts.
 */
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { deployment } from './workloads.js'

/** The version that is measured. */
export const VERSION = '0.3.5'

/** Where it is installed. */
export const CACHE: string = fileURLToPath(new URL('../../.cache/bench', import.meta.url))

/** Where its bundle is. */
export const BUNDLE: string = `${CACHE}/webernetes-${VERSION}.mjs`

interface PodList {
  readonly items: readonly { readonly status?: { readonly phase?: string } }[]
}

/** Its cluster, as far as it is used here. */
export interface WebernetesCluster {
  readonly api: {
    readonly corev1: { listNamespacedPod(options: { readonly namespace: string }): Promise<PodList> }
  }
  registerImage(image: unknown): void
  init(): Promise<void>
  apply(objects: readonly object[]): Promise<unknown>
  close(): Promise<void>
}

interface Library {
  readonly Cluster: new (options: { readonly nodes: number }) => WebernetesCluster
  readonly BaseImage: new () => object
}

/** Makes clusters of that simulator. */
export interface Webernetes {
  /** A cluster after `init()`; its nodes take pods about a second later. */
  start(nodes: number): Promise<WebernetesCluster>
}

/** The installed simulator; undefined, with a word on stderr, when it is not installed. */
export async function loadWebernetes(): Promise<Webernetes | undefined> {
  if (!existsSync(BUNDLE)) {
    console.error(
      '@ngrok/webernetes is not installed, simcluster is measured alone: npx tsx bench/cluster/setup.ts',
    )
    return undefined
  }
  const { Cluster, BaseImage } = (await import(pathToFileURL(BUNDLE).href)) as Library
  class Nginx extends BaseImage {
    static readonly imageName = 'nginx'
    static readonly imageVersion = 'latest'
    readonly defaultCommand = ['pause']
  }
  return {
    start: async (nodes) => {
      const cluster = new Cluster({ nodes })
      cluster.registerImage(Nginx)
      await cluster.init()
      return cluster
    },
  }
}

/** Applies a Deployment and waits until all its pods are Running, looking every 10 ms. */
export async function runReplicas(cluster: WebernetesCluster, replicas: number): Promise<void> {
  await cluster.apply([deployment(replicas)])
  for (;;) {
    const { items } = await cluster.api.corev1.listNamespacedPod({ namespace: 'default' })
    if (items.filter(({ status }) => status?.phase === 'Running').length >= replicas) return
    await sleep(10)
  }
}
