import type { SimCluster } from '../../cluster/sim-cluster.js'
import { kubeconfigText } from '../../pki/index.js'

/** The user of a kubeconfig file. */
export interface KubeconfigUser {
  /** @default `kubernetes-admin`, in `system:masters` */
  readonly user?: string
  /** @default none when `user` is given */
  readonly groups?: readonly string[]
  /** A bearer token instead of a certificate. */
  readonly token?: string
  /** Namespace of the context. */
  readonly namespace?: string
  /**
   * Validity of the certificate, in ms of virtual time.
   * @default 365 days
   */
  readonly validFor?: number
}

/** Returns the text of a kubeconfig file for `server`, whose certificate `authority` has signed. */
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
