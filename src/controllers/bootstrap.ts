import { BOOTSTRAP_TOKEN_TYPE } from '../api/core/secret.js'
import type { ConfigMap, Secret } from '../api/core/generated.js'
import { timeMs } from '../lang/go/time.js'
import { ignoreNotFound, isApiError } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import { keyOf } from '../client/informers/object-index.js'
import { builtInController } from './shared/define-controller.js'
import { controllerIdentity, controllerName } from './shared/identity.js'

const NAMESPACE = 'kube-public'
const NAME = 'cluster-info'
const KUBECONFIG = 'kubeconfig'
const SIGNATURE_PREFIX = 'jws-kubeconfig-'

/** Options of {@link createBootstrapSigner}. */
interface BootstrapSignerOptions {
  /** Returns the detached JWS (HS256, `header..signature`) of `content`, signed with a bootstrap token. */
  readonly sign: (content: string, tokenId: string, tokenSecret: string) => string
}

/**
 * Creates the bootstrap signer: it signs the kubeconfig in kube-public/cluster-info with every bootstrap
 * token that allows signing, so that `kubeadm join` can verify it. Source:
 * pkg/controller/bootstrap/bootstrapsigner.go.
 */
export function createBootstrapSigner({ sign }: BootstrapSignerOptions): Component {
  return builtInController({
    name: controllerName('bootstrap-signer-controller'),
    identity: controllerIdentity('bootstrap-signer'),
    informers: {
      configMaps: { resource: 'configmaps', namespace: NAMESPACE, fieldSelector: `metadata.name=${NAME}` },
      secrets: {
        resource: 'secrets',
        namespace: 'kube-system',
        fieldSelector: `type=${BOOTSTRAP_TOKEN_TYPE}`,
      },
    },
    setup: ({ host, informers: { configMaps, secrets } }) => ({
      on: { configMaps: () => [NAME], secrets: () => [NAME] },
      reconcile() {
        const clusterInfo = configMaps.get(`${NAMESPACE}/${NAME}`)
        if (clusterInfo) updateSignatures(host, clusterInfo, secrets.list(), sign)
      },
    }),
  })
}

function updateSignatures(
  host: ComponentHost,
  clusterInfo: ConfigMap,
  secrets: readonly Secret[],
  sign: BootstrapSignerOptions['sign'],
): void {
  const { data = {} } = clusterInfo
  const content = data[KUBECONFIG]
  if (content === undefined) return
  const wanted = signatures(content, secrets, host.clock.now(), sign)
  const kept = Object.entries(data).filter(([key]) => !key.startsWith(SIGNATURE_PREFIX))
  const had = Object.keys(data).length - kept.length
  const isCurrent = had === wanted.length && wanted.every(([key, signature]) => data[key] === signature)
  if (!isCurrent)
    ignoreNotFound(() =>
      host.client.update('configmaps', { ...clusterInfo, data: Object.fromEntries([...kept, ...wanted]) }),
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

/**
 * Creates the token cleaner, which deletes expired bootstrap tokens. Source:
 * pkg/controller/bootstrap/tokencleaner.go.
 */
export function createTokenCleaner(): Component {
  return {
    name: controllerName('token-cleaner-controller'),
    identity: controllerIdentity('token-cleaner'),
    setup: (host) => {
      const secrets = host.informer('secrets', {
        namespace: 'kube-system',
        fieldSelector: `type=${BOOTSTRAP_TOKEN_TYPE}`,
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

/** Type of the Secrets in kube-system that hold bootstrap tokens. */

const NAME_PREFIX = 'bootstrap-token-'
const ID = /^[a-z0-9]{6}$/
const SECRET = /^[a-z0-9]{16}$/

/** A bootstrap token, read from its Secret. */
interface BootstrapToken {
  readonly id: string
  readonly secret: string
  /** Whether it signs the cluster-info ConfigMap. */
  readonly signs: boolean
}

function dataOf({ data = {} }: Secret, key: string): string {
  return Object.hasOwn(data, key) ? atob(data[key] as string) : ''
}

/** Returns when a token expires, in virtual ms: Infinity if never, -Infinity if the time is invalid. */
function expirationOf(secret: Secret): number {
  const text = dataOf(secret, 'expiration')
  if (text === '') return Infinity
  const at = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d/.test(text) ? timeMs(text) : Number.NaN
  return Number.isNaN(at) ? -Infinity : at
}

/**
 * Returns the token in `secret`, or undefined if it is invalid or expired. Source: validateSecretForSigning.
 */
function signingToken(secret: Secret, now: number): BootstrapToken | undefined {
  const [id, key] = [dataOf(secret, 'token-id'), dataOf(secret, 'token-secret')]
  const isValid =
    secret.type === BOOTSTRAP_TOKEN_TYPE &&
    secret.metadata.name === NAME_PREFIX + id &&
    ID.test(id) &&
    SECRET.test(key)
  if (!isValid || expirationOf(secret) < now) return undefined
  return { id, secret: key, signs: dataOf(secret, 'usage-bootstrap-signing') === 'true' }
}
