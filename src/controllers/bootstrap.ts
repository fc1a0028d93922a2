import type { ConfigMap, Secret } from '../api/core/generated.js'
import { timeMs } from '../api/time.js'
import { ignoreNotFound, isApiError } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import type { Informer } from '../client/informer.js'
import { keyOf } from '../client/object-index.js'
import { controllerIdentity, controllerName } from './shared/identity.js'
import { reconcileQueue } from './shared/queue.js'

const NAMESPACE = 'kube-public'
const NAME = 'cluster-info'
const KUBECONFIG = 'kubeconfig'
const SIGNATURE_PREFIX = 'jws-kubeconfig-'

/** What the bootstrap signer has to be told. */
interface BootstrapSignerOptions {
  /** Detached JWS (HS256, `header..signature`) of a content under a token. */
  readonly sign: (content: string, tokenId: string, tokenSecret: string) => string
}

/**
 * Signs the kubeconfig in kube-public/cluster-info with every bootstrap token that is for signing, so that
 * `kubeadm join` can trust it. Source: pkg/controller/bootstrap/bootstrapsigner.go.
 */
export function createBootstrapSigner({ sign }: BootstrapSignerOptions): Component {
  return {
    name: controllerName('bootstrap-signer-controller'),
    identity: controllerIdentity('bootstrap-signer'),
    setup: (host) => {
      const infos = host.informer('configmaps', {
        namespace: NAMESPACE,
        fieldSelector: `metadata.name=${NAME}`,
      })
      const secrets = host.informer('secrets', {
        namespace: 'kube-system',
        fieldSelector: `type=${TOKEN_TYPE}`,
      })
      const queue = reconcileQueue(host, [infos, secrets], () => refresh(host, infos, secrets, sign))
      infos.onChange(() => queue.add(NAME))
      secrets.onChange(() => queue.add(NAME))
    },
  }
}

function refresh(
  host: ComponentHost,
  infos: Informer<ConfigMap>,
  secrets: Informer<Secret>,
  sign: BootstrapSignerOptions['sign'],
): void {
  const info = infos.get(`${NAMESPACE}/${NAME}`)
  const content = info?.data?.[KUBECONFIG]
  if (info === undefined || content === undefined) return
  const wanted = signatures(content, secrets.list(), host.clock.now(), sign)
  const { data = {} } = info
  const kept = Object.entries(data).filter(([key]) => !key.startsWith(SIGNATURE_PREFIX))
  const had = Object.keys(data).length - kept.length
  const isCurrent = had === wanted.length && wanted.every(([key, signature]) => data[key] === signature)
  if (!isCurrent)
    ignoreNotFound(() =>
      host.client.update('configmaps', { ...info, data: Object.fromEntries([...kept, ...wanted]) }),
    )
}

function signatures(
  content: string,
  secrets: readonly Secret[],
  now: number,
  sign: BootstrapSignerOptions['sign'],
): readonly (readonly [key: string, signature: string])[] {
  return secrets.flatMap((secret) => {
    const token = signingToken(secret, now)
    return token?.signs === true
      ? [[SIGNATURE_PREFIX + token.id, sign(content, token.id, token.secret)] as const]
      : []
  })
}

/** Deletes bootstrap tokens when they end. Source: pkg/controller/bootstrap/tokencleaner.go. */
export function createTokenCleaner(): Component {
  return {
    name: controllerName('token-cleaner-controller'),
    identity: controllerIdentity('token-cleaner'),
    setup: (host) => {
      const secrets = host.informer('secrets', {
        namespace: 'kube-system',
        fieldSelector: `type=${TOKEN_TYPE}`,
      })
      const queue = host.workQueue('secrets', (key) => {
        const secret = secrets.get(key)
        queue.forget(key)
        if (secret === undefined) return
        const left = expirationOf(secret) - host.clock.now()
        if (left <= 0) remove(host, secret)
        else if (left !== Infinity) queue.addAfter(key, left, { class: 'watchdog' })
      })
      secrets.onChange(({ type, object }) => {
        if (type !== 'DELETED') queue.add(keyOf(object))
      })
    },
  }
}

function remove(host: ComponentHost, { metadata }: Secret): void {
  try {
    host.client.delete('secrets', metadata, { preconditions: { uid: metadata.uid as string } })
  } catch (error) {
    if (!isApiError(error, 'NotFound') && !isApiError(error, 'Conflict')) throw error
  }
}

/** Type of the Secrets that hold bootstrap tokens; they lie in kube-system. */
const TOKEN_TYPE = 'bootstrap.kubernetes.io/token'

const NAME_PREFIX = 'bootstrap-token-'
const ID = /^[a-z0-9]{6}$/
const SECRET = /^[a-z0-9]{16}$/

/** A bootstrap token as its Secret describes it. */
interface BootstrapToken {
  readonly id: string
  readonly secret: string
  /** Whether it signs the cluster-info ConfigMap. */
  readonly signs: boolean
}

function dataOf({ data = {} }: Secret, key: string): string {
  return Object.hasOwn(data, key) ? atob(data[key] as string) : ''
}

/** When a token ends, in virtual ms: Infinity without an end, -Infinity when the end cannot be read. */
function expirationOf(secret: Secret): number {
  const text = dataOf(secret, 'expiration')
  if (text === '') return Infinity
  const at = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d/.test(text) ? timeMs(text) : Number.NaN
  return Number.isNaN(at) ? -Infinity : at
}

/**
 * Reads a token that is valid at `now`; undefined for any other. Source: bootstrapsigner
 * validateSecretForSigning.
 */
function signingToken(secret: Secret, now: number): BootstrapToken | undefined {
  const [id, key] = [dataOf(secret, 'token-id'), dataOf(secret, 'token-secret')]
  const isValid =
    secret.type === TOKEN_TYPE && secret.metadata.name === NAME_PREFIX + id && ID.test(id) && SECRET.test(key)
  if (!isValid || expirationOf(secret) < now) return undefined
  return { id, secret: key, signs: dataOf(secret, 'usage-bootstrap-signing') === 'true' }
}
