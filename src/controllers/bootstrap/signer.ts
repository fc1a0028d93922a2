import type { ConfigMap, Secret } from '../../api/core/generated.js'
import { ignoreNotFound } from '../../client/api-error.js'
import type { Component, ComponentHost } from '../../client/component.js'
import type { Informer } from '../../client/informer.js'
import { controllerIdentity, controllerName } from '../process/identity.js'
import { reconcileQueue } from '../shared/reconciler.js'
import { signingToken, TOKEN_TYPE } from './token-secret.js'

const NAMESPACE = 'kube-public'
const NAME = 'cluster-info'
const KUBECONFIG = 'kubeconfig'
const SIGNATURE_PREFIX = 'jws-kubeconfig-'

/** What the bootstrap signer has to be told. */
export interface BootstrapSignerOptions {
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
