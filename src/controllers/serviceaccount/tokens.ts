import type { Secret, ServiceAccount } from '../../api/core/generated.js'
import { ignoreNotFound, isApiError } from '../../client/api-error.js'
import type { Component, ComponentHost } from '../../client/component.js'
import type { Informer } from '../../client/informer.js'
import { keyOf } from '../../client/object-index.js'
import { suffixAlphabet } from '../../api/names.js'
import { release } from '../../api/releases.js'
import type { WorkQueue } from '../../sim/work-queue.js'
import { controllerName } from '../shared/identity.js'
import { reconcileQueue } from '../shared/queue.js'

const TYPE = 'kubernetes.io/service-account-token'
/** Random characters at the end of the name of a token. */
const SUFFIX = 5
const ACCOUNT_NAME = 'kubernetes.io/service-account.name'
const ACCOUNT_UID = 'kubernetes.io/service-account.uid'

/** What the tokens controller has to be told. */
export interface TokensControllerOptions {
  /** Signs the claims of a token with the service account key; answers a JWT. */
  readonly signToken: (claims: Readonly<Record<string, unknown>>) => string
  /** The cluster's CA certificates, PEM. */
  readonly rootCA: () => string
}

/**
 * Fills in Secrets of type `kubernetes.io/service-account-token` and removes those whose account is gone.
 * Source: pkg/controller/serviceaccount/tokens_controller.go.
 */
export function createTokensController(options: TokensControllerOptions): Component {
  return {
    name: controllerName('serviceaccount-token-controller'),
    // it makes the accounts that the other controllers use, so that it has none of its own
    identity: { name: 'system:kube-controller-manager', groups: ['system:authenticated'] },
    setup: (host) => new TokensController(host, options).start(),
  }
}

class TokensController {
  readonly #host: ComponentHost
  readonly #options: TokensControllerOptions
  readonly #accounts: Informer<ServiceAccount>
  readonly #secrets: Informer<Secret>
  readonly #queue: WorkQueue
  /** Accounts that have to have a token of their own; undefined where they do not. */
  readonly #accountQueue: WorkQueue | undefined

  constructor(host: ComponentHost, options: TokensControllerOptions) {
    this.#host = host
    this.#options = options
    this.#accounts = host.informer('serviceaccounts')
    this.#secrets = host.informer('secrets', {
      fieldSelector: `type=${TYPE}`,
      indexers: { account: (secret) => [accountKeyOf(secret)] },
    })
    this.#queue = reconcileQueue(host, [this.#accounts, this.#secrets], (key) => this.#sync(key))
    const hasTokens = release(host.version).has('serviceAccountTokenSecrets')
    this.#accountQueue = hasTokens
      ? reconcileQueue(host, [this.#accounts, this.#secrets], (key) => this.#ensureToken(key), {
          name: 'accounts',
        })
      : undefined
  }

  start(): void {
    this.#secrets.onChange(({ type, object }) => {
      if (type !== 'DELETED') this.#queue.add(keyOf(object))
    })
    this.#accounts.onChange(({ type, object }) => {
      if (type !== 'DELETED') return this.#accountQueue?.add(keyOf(object))
      for (const secret of this.#secrets.byIndex('account', keyOf(object))) this.#queue.add(keyOf(secret))
    })
  }

  /**
   * Every account refers to a token. Source: tokens_controller.go ensureReferencedToken (until v1.23:
   * LegacyServiceAccountTokenNoAutoGeneration).
   */
  #ensureToken(key: string): void {
    const account = this.#accounts.get(key)
    const { client } = this.#host
    if (
      account === undefined ||
      account.secrets?.some(
        ({ name }) => this.#secrets.get(`${account.metadata.namespace ?? ''}/${name ?? ''}`) !== undefined,
      ) === true
    )
      return
    const live = ignoreNotFound(() => client.get('serviceaccounts', account.metadata))
    if (
      live === undefined ||
      live.metadata.uid !== account.metadata.uid ||
      (live.secrets ?? []).length > (account.secrets ?? []).length
    )
      return
    const { name = '', namespace = '', uid = '' } = live.metadata
    const secret: Secret = {
      metadata: {
        name: `${name}-token-${this.#host.random('names').text(SUFFIX, suffixAlphabet)}`,
        namespace,
        annotations: { [ACCOUNT_NAME]: name, [ACCOUNT_UID]: uid },
      } as Secret['metadata'],
      type: TYPE,
    }
    const token = btoa(this.#options.signToken(legacyClaims(secret, live)))
    client.create('secrets', {
      ...secret,
      data: { 'ca.crt': btoa(this.#options.rootCA()), namespace: btoa(namespace), token },
    })
    try {
      client.update('serviceaccounts', {
        ...live,
        secrets: [...(live.secrets ?? []), { name: secret.metadata.name as string }],
      })
    } catch (error) {
      // whoever has changed the account in between decides; without a reference the secret is of no use
      ignoreNotFound(() => client.delete('secrets', secret.metadata))
      if (!isApiError(error, 'NotFound')) throw error
    }
  }

  #sync(key: string): void {
    const secret = this.#secrets.get(key)
    if (secret === undefined) return
    const account = this.#accountOf(secret)
    if (account === undefined) this.#remove(secret)
    else this.#fill(secret, account)
  }

  /**
   * The account that a secret belongs to; the cache may be behind, so that a missing one is looked up once
   * more.
   */
  #accountOf(secret: Secret): ServiceAccount | undefined {
    const { namespace = '', annotations = {} } = secret.metadata
    const name = annotations[ACCOUNT_NAME] ?? ''
    if (name === '') return undefined
    const account =
      this.#accounts.get(`${namespace}/${name}`) ??
      ignoreNotFound(() => this.#host.client.get('serviceaccounts', { namespace, name }))
    const uid = annotations[ACCOUNT_UID] ?? ''
    return uid === '' || uid === account?.metadata.uid ? account : undefined
  }

  #remove({ metadata }: Secret): void {
    const preconditions = { uid: metadata.uid as string, resourceVersion: metadata.resourceVersion as string }
    try {
      this.#host.client.delete('secrets', metadata, { preconditions })
    } catch (error) {
      if (!isApiError(error, 'NotFound') && !isApiError(error, 'Conflict')) throw error
    }
  }

  #fill(secret: Secret, account: ServiceAccount): void {
    const { metadata, data = {} } = secret
    const { namespace = '' } = metadata
    const rootCA = btoa(this.#options.rootCA())
    const isComplete =
      data['ca.crt'] === rootCA && (data['namespace'] ?? '') !== '' && (data['token'] ?? '') !== ''
    if (isComplete && metadata.annotations?.[ACCOUNT_UID] === account.metadata.uid) return
    const annotations = {
      ...metadata.annotations,
      [ACCOUNT_NAME]: account.metadata.name as string,
      [ACCOUNT_UID]: account.metadata.uid as string,
    }
    const token =
      (data['token'] ?? '') === ''
        ? btoa(this.#options.signToken(legacyClaims(secret, account)))
        : (data['token'] as string)
    const next: Secret = {
      ...secret,
      metadata: { ...metadata, annotations },
      data: {
        ...data,
        'ca.crt': rootCA,
        namespace: (data['namespace'] ?? '') === '' ? btoa(namespace) : (data['namespace'] as string),
        token,
      },
    }
    ignoreNotFound(() => this.#host.client.update('secrets', next))
  }
}

/** Claims of tokens that lie in Secrets. Source: pkg/serviceaccount/legacy.go LegacyClaims. */
function legacyClaims({ metadata }: Secret, account: ServiceAccount): Readonly<Record<string, unknown>> {
  const { namespace = '', name = '', uid = '' } = account.metadata
  return {
    iss: 'kubernetes/serviceaccount',
    'kubernetes.io/serviceaccount/namespace': namespace,
    'kubernetes.io/serviceaccount/secret.name': metadata.name,
    'kubernetes.io/serviceaccount/service-account.name': name,
    'kubernetes.io/serviceaccount/service-account.uid': uid,
    sub: `system:serviceaccount:${namespace}:${name}`,
  }
}

const accountKeyOf = ({ metadata }: Secret): string =>
  `${metadata.namespace ?? ''}/${metadata.annotations?.[ACCOUNT_NAME] ?? ''}`
