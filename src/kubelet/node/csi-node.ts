import type { CSINode } from '../../api/storage/generated.js'
import { ApiError, ConnectionError, isApiError } from '../../client/api-error.js'
import type { ComponentHost } from '../../client/component.js'
import type { Topic } from '../../sim/modules/module.js'

/** First minor whose kubelets create a CSINode even without drivers. */
const MADE_SINCE = 17
/** First minor that reports migrated plugins in the current form, and the one that added Portworx. */
const MIGRATED_SINCE = 25
const PORTWORX_SINCE = 31
/** Delays between tries. Source: csi_plugin.go initializeCSINode. */
const FIRST_RETRY = 15
const FACTOR = 6
const LAST_RETRY = 116_640

/**
 * Creates the CSINode of a node, which lists its CSI drivers: initially none. Entries of drivers and others
 * are kept. Source: pkg/volume/csi/nodeinfomanager InitializeCSINodeWithAnnotation.
 */
export class CsiNode {
  readonly #host: ComponentHost
  readonly #node: string
  readonly #minor: number
  readonly #retry: Topic

  /** `minor`: the kubelet's minor version. */
  constructor(host: ComponentHost, node: string, minor: number) {
    this.#host = host
    this.#node = node
    this.#minor = minor
    this.#retry = host.handle('csinode', (uid, delay) => this.initialize(uid, Number(delay)))
  }

  /**
   * Creates it if it does not exist, retrying until it does. `uid` is the Node's; `delay` in ms before the
   * next try.
   */
  initialize(uid: string, delay: number = FIRST_RETRY): void {
    if (this.#minor < MADE_SINCE) return
    try {
      this.#create(uid)
    } catch (error) {
      if (isApiError(error, 'AlreadyExists')) return
      if (!(error instanceof ApiError) && !(error instanceof ConnectionError)) throw error
      this.#host.log('error', `"Failed to initialize CSINode" err=${JSON.stringify(error.message)}`)
      this.#retry.wakeAfter(uid, delay, { class: 'watchdog', payload: Math.min(delay * FACTOR, LAST_RETRY) })
    }
  }

  #create(uid: string): void {
    const annotations = migrated(this.#minor)
    this.#host.client.create('csinodes', {
      metadata: {
        name: this.#node,
        ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: this.#node, uid }],
        ...(annotations === undefined
          ? {}
          : { annotations: { 'storage.alpha.kubernetes.io/migrated-plugins': annotations } }),
      },
      spec: { drivers: [] },
    } as Omit<CSINode, 'apiVersion' | 'kind'>)
  }
}

/** Volume plugins that have migrated to CSI drivers, as a kubelet of that minor reports them. */
function migrated(minor: number): string | undefined {
  if (minor < MIGRATED_SINCE) return undefined
  const plugins = [
    'aws-ebs',
    'azure-disk',
    'azure-file',
    'cinder',
    'gce-pd',
    ...(minor < PORTWORX_SINCE ? [] : ['portworx-volume']),
    'vsphere-volume',
  ]
  return plugins.map((plugin) => `kubernetes.io/${plugin}`).join(',')
}
