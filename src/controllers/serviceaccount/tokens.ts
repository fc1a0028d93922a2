import type { Secret, ServiceAccount } from '../../api/core/generated.js'
import { suffixAlphabet } from '../../api/validation/names.js'
import { release } from '../../api/releases.js'
import { ignoreNotFound, isApiError } from '../../client/api-error.js'
import type { Component, ComponentHost } from '../../client/component.js'
import type { Informer } from '../../client/informers/informer.js'
import { keyOf } from '../../client/informers/object-index.js'
import type { WorkQueue } from '../../sim/modules/work-queue.js'
import type { Controller, ControllerContext, Handlers } from '../shared/define-controller.js'
import { builtInController } from '../shared/define-controller.js'
import { controllerName } from '../shared/identity.js'
import type { Indexers } from '../../client/informers/object-index.js'

const TYPE = 'kubernetes.io/service-account-token'
/** Length of the random suffix of a token Secret's name. */
const SUFFIX = 5
const ACCOUNT_NAME = 'kubernetes.io/service-account.name'
const ACCOUNT_UID = 'kubernetes.io/service-account.uid'

/** Options of {@link createTokensController}. */
export interface TokensControllerOptions {
  /** Signs claims with the service account key and returns the JWT. */
  readonly signToken: (claims: Readonly<Record<string, unknown>>) => string
  /** Returns the cluster's CA certificates as PEM. */
  readonly rootCA: () => string
}

type TokenInformers = { readonly accounts: 'serviceaccounts'; readonly secrets: 'secrets' }

/**
 * Creates the tokens controller, which fills Secrets of type `kubernetes.io/service-account-token` with a
 * token and deletes those whose account is gone. Source:
 * pkg/controller/serviceaccount/tokens_controller.go.
 */
export function createTokensController(options: TokensControllerOptions): Component {
  return builtInController<TokenInformers>({
    name: controllerName('serviceaccount-token-controller'),
    // has no service account of its own, because the other controllers' accounts get their tokens from it
    identity: { name: 'system:kube-controller-manager', groups: ['system:authenticated'] },
    informers: {
      accounts: { resource: 'serviceaccounts' },
      secrets: { resource: 'secrets', fieldSelector: `type=${TYPE}`, indexers: byAccount },
    },
    setup: (context) => new TokensController(context, options),
  })
}

class TokensController implements Controller<TokenInformers> {
  readonly on: Handlers<TokenInformers> = {
    secrets: ({ type, object }) => (type === 'DELETED' ? [] : [keyOf(object)]),
    accounts: ({ type, object }) => {
      if (type === 'DELETED') return this.#secrets.byIndex(BY_ACCOUNT, keyOf(object)).map(keyOf)
      this.#accountQueue?.add(keyOf(object))
      return []
    },
  }
  readonly #host: ComponentHost
  readonly #options: TokensControllerOptions
  readonly #accounts: Informer<ServiceAccount>
  readonly #secrets: Informer<Secret>
  /** Accounts that need a token Secret; undefined in releases that no longer create one for each account. */
  readonly #accountQueue: WorkQueue | undefined

  constructor(
    { host, informers: { accounts, secrets }, addQueue }: ControllerContext<TokenInformers>,
    options: TokensControllerOptions,
  ) {
    this.#host = host
    this.#options = options
    this.#accounts = accounts
    this.#secrets = secrets
    this.#accountQueue = release(host.version).has('serviceAccountTokenSecrets')
      ? addQueue({ name: 'accounts' }, (key) => this.#ensureToken(key))
      : undefined
  }

  /**
   * Creates a token Secret for an account that refers to none. Source: tokens_controller.go
   * ensureReferencedToken (until v1.23, see LegacyServiceAccountTokenNoAutoGeneration).
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
      // the account has changed meanwhile: without a reference to it, the Secret is useless
      ignoreNotFound(() => client.delete('secrets', secret.metadata))
      if (!isApiError(error, 'NotFound')) throw error
    }
  }

  reconcile(key: string): void {
    const secret = this.#secrets.get(key)
    if (secret === undefined) return
    const account = this.#accountOf(secret)
    if (account === undefined) this.#remove(secret)
    else this.#fill(secret, account)
  }

  /**
   * Returns the account that a Secret belongs to; the server is asked if the informer does not know it yet.
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

/**
 * Returns the claims of a token that is stored in a Secret. Source: pkg/serviceaccount/legacy.go
 * LegacyClaims.
 */
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

/** Index of Secrets by the key of their account. */
const BY_ACCOUNT = 'account'

const accountKeyOf = ({ metadata }: Secret): string =>
  `${metadata.namespace ?? ''}/${metadata.annotations?.[ACCOUNT_NAME] ?? ''}`

const byAccount: Indexers<Secret> = { [BY_ACCOUNT]: (secret) => [accountKeyOf(secret)] }
