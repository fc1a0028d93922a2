import {
  KUBEADM_REQUEST_HEADERS,
  type RequestHeaderOptions,
} from '../../apiserver/authentication/request-header.js'
import type { ConfigMap } from '../../api/core/generated.js'
import { ignoreNotFound, isApiError } from '../../client/api-error.js'
import type { Watch } from '../../client/client.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import { parseExactJson } from '../../lang/go/json.js'
import { parseCertificates } from '../../pki/index.js'

const NAME = { namespace: 'kube-system', name: 'extension-apiserver-authentication' } as const
const PATH = `/api/v1/namespaces/${NAME.namespace}/configmaps`

/** The apiserver as its own client, under whose name it owns the fields that it writes. */
const SELF = {
  user: { name: 'system:apiserver', groups: ['system:masters'] },
  headers: { 'user-agent': 'kube-apiserver', 'content-type': 'application/json' },
} as const

/** Virtual ms after which an expired authority is left out. */
const EXPIRED_MS = 300_000

/**
 * Publishes the authorities that the API server trusts, for servers and components that trust the same
 * clients: without this ConfigMap a real kube-controller-manager or metrics-server logs errors for ever. What
 * others have added stays, since each apiserver of a cluster adds its own; what is changed or deleted comes
 * back. Source: pkg/controlplane/controller/clusterauthenticationtrust.
 */
export class PublishedAuthorities {
  readonly #cluster: SimCluster
  readonly #clientCA: string
  readonly #onError: (error: unknown) => void
  #watch: Watch<ConfigMap> | undefined

  /** `clientCA` are the authorities (PEM) beside the cluster's own. */
  constructor(cluster: SimCluster, clientCA: string, onError: (error: unknown) => void) {
    this.#cluster = cluster
    this.#clientCA = clientCA
    this.#onError = onError
  }

  /** Publishes them now, and keeps them so. To be called again when the apiserver has started again. */
  follow(): void {
    this.close()
    this.#publish()
    const watch = this.#cluster.client.watch('configmaps', {
      namespace: NAME.namespace,
      fieldSelector: `metadata.name=${NAME.name}`,
    })
    this.#watch = watch
    // in a later turn: the write that the watch tells of is still under way
    watch.onReady(() => setImmediate(() => this.#changed(watch)))
    watch.next()
  }

  close(): void {
    this.#watch?.stop()
    this.#watch = undefined
  }

  #changed(watch: Watch<ConfigMap>): void {
    if (watch !== this.#watch || !this.#cluster.apiserver.running) return
    try {
      if (watch.next().length > 0) this.#publish()
    } catch (error) {
      // what the watch has not seen has been compacted: it begins anew
      if (isApiError(error, 'Expired')) this.follow()
      else this.#onError(error)
    }
  }

  #publish(): void {
    const { client, http } = this.#cluster
    const before = ignoreNotFound(() => client.get('configmaps', NAME))
    const data = this.#combined(before?.data ?? {})
    const keys = new Set([...Object.keys(data), ...Object.keys(before?.data ?? {})])
    if (before !== undefined && [...keys].every((key) => data[key] === before.data?.[key])) return
    const body = JSON.stringify({
      ...(before ?? { apiVersion: 'v1', kind: 'ConfigMap', metadata: NAME }),
      data,
    })
    if (before === undefined) http.handle({ ...SELF, method: 'POST', path: PATH, body })
    else http.handle({ ...SELF, method: 'PUT', path: `${PATH}/${NAME.name}`, body })
  }

  #combined(before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const { pki, internals } = this.#cluster
    const now = this.#cluster.now()
    const { requestHeader = {} } = internals.options.access?.authentication ?? {}
    const own = pki.authority().pem + this.#clientCA
    const clients = authorities([before['client-ca-file'], own], now)
    const client: Record<string, string> = clients === '' ? {} : { 'client-ca-file': clients }
    const { clientCA = pki.authority('front-proxy-ca').pem } = requestHeader === false ? {} : requestHeader
    const proxies = authorities(
      [before['requestheader-client-ca-file'], ...(requestHeader === false ? [] : [clientCA])],
      now,
    )
    if (proxies === '') return client
    const listed = namesOf(requestHeader).map(
      ([key, names]) => [key, JSON.stringify([...new Set([...listIn(before[key]), ...names])])] as const,
    )
    return { ...client, 'requestheader-client-ca-file': proxies, ...Object.fromEntries(listed) }
  }
}

type Names = readonly (readonly [key: string, names: readonly string[]])[]

function namesOf(requestHeader: RequestHeaderOptions | false): Names {
  const none = {
    usernameHeaders: [],
    groupHeaders: [],
    uidHeaders: [],
    extraHeaderPrefixes: [],
    allowedNames: [],
  }
  const names = requestHeader === false ? none : { ...KUBEADM_REQUEST_HEADERS, ...requestHeader }
  return [
    ['requestheader-username-headers', names.usernameHeaders],
    ['requestheader-uid-headers', names.uidHeaders],
    ['requestheader-group-headers', names.groupHeaders],
    ['requestheader-extra-headers-prefix', names.extraHeaderPrefixes],
    ['requestheader-allowed-names', names.allowedNames],
  ]
}

/** Returns the texts of a list in JSON; none if it is no such list, which is replaced. */
function listIn(text: string | undefined): readonly string[] {
  try {
    const list = text === undefined ? [] : parseExactJson(text)
    return Array.isArray(list) ? list.filter((each) => typeof each === 'string') : []
  } catch {
    return []
  }
}

/** Returns the certificates of several texts, each once, without those that have expired. */
function authorities(texts: readonly (string | undefined)[], now: number): string {
  const blocks = texts.flatMap((text = '') => text.match(PEM) ?? []).filter((pem) => isValid(pem, now))
  return [...new Set(blocks.map((pem) => `${pem}\n`))].join('')
}

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

function isValid(pem: string, now: number): boolean {
  try {
    return (parseCertificates(pem)[0]?.notAfter ?? 0) > now - EXPIRED_MS
  } catch {
    return false
  }
}
