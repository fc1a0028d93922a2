import type { SimCluster } from '../cluster/sim-cluster.js'
import { kubeconfigText } from '../pki/index.js'

/** For whom a kubeconfig file is. */
export interface KubeconfigUser {
  /** Default `kubernetes-admin`, in `system:masters`. */
  readonly user?: string
  /** Default none for a named user. */
  readonly groups?: readonly string[]
  /** A bearer token to show in the place of a certificate. */
  readonly token?: string
  /** Namespace of the context. */
  readonly namespace?: string
  /** How long the certificate is good for, in ms of virtual time. Default 365 days. */
  readonly validFor?: number
}

/** The text of a kubeconfig file for `server`, whose certificate `authority` vouches for. */
export function kubeconfigFor(
  cluster: SimCluster,
  options: KubeconfigUser & { readonly server: string; readonly authority: string },
): string {
  const { server, authority, user = 'kubernetes-admin', token, namespace, validFor } = options
  const groups = options.groups ?? (options.user === undefined ? ['system:masters'] : [])
  const credential =
    token === undefined
      ? cluster.pki.clientCertificate(
          { commonName: user, organizations: groups },
          { notBefore: cluster.now(), ...(validFor === undefined ? {} : { validFor }) },
        )
      : { token }
  return kubeconfigText({
    server,
    authority,
    user,
    credential,
    ...(namespace === undefined ? {} : { namespace }),
  })
}
