import { printYaml } from '../lang/yaml/print.js'

/** How a user authenticates. */
export type UserCredential =
  | { readonly certificate: string; readonly key: string }
  /** A file that contains certificate and key, as rotated by kubelets. */
  | { readonly file: string }
  | { readonly token: string }

/** The content of a kubeconfig file. */
export interface KubeconfigOptions {
  /** Name of the cluster. Default `kubernetes`. */
  readonly cluster?: string
  /** `https://host:port` */
  readonly server: string
  /** PEM. */
  readonly authority: string
  readonly user: string
  /** Name of the context. Default `user@cluster`. */
  readonly context?: string
  readonly credential: UserCredential
  readonly namespace?: string
}

/** Returns a kubeconfig file as kubeadm writes it: one cluster, one user, one context. */
export function kubeconfigText({
  cluster = 'kubernetes',
  server,
  authority,
  user,
  credential,
  namespace,
  context = `${user}@${cluster}`,
}: KubeconfigOptions): string {
  return printYaml({
    apiVersion: 'v1',
    clusters: [{ cluster: { 'certificate-authority-data': btoa(authority), server }, name: cluster }],
    contexts: [
      { context: { cluster, ...(namespace === undefined ? {} : { namespace }), user }, name: context },
    ],
    'current-context': context,
    kind: 'Config',
    users: [{ name: user, user: credentialOf(credential) }],
  })
}

function credentialOf(credential: UserCredential): object {
  if ('token' in credential) return { token: credential.token }
  if ('file' in credential) return { 'client-certificate': credential.file, 'client-key': credential.file }
  return { 'client-certificate-data': btoa(credential.certificate), 'client-key-data': btoa(credential.key) }
}
