import type { SimCluster } from 'simcluster'
import type { ServeOptions } from 'simcluster/server'
import { servingCertificate } from '../../../src/server/credentials/serving-certificate.js'
import type { Misbehaviour } from './misbehaviours.js'
import { misbehaviourOf } from './misbehaviours.js'

type Shown = NonNullable<ServeOptions['certificate']>

/** How the server of a command differs from that of the cluster. */
export interface Served {
  readonly misbehaves?: Misbehaviour
  /** What it shows in the TLS handshake. */
  readonly certificate?: (cluster: SimCluster) => Shown
  readonly protocols?: ServeOptions['protocols']
  /** It knows nothing of TLS. */
  readonly isPlain?: boolean
}

/** A serving certificate of the cluster's authority that is not as it should be. */
const certificateOf =
  (ip: readonly string[], validity: { readonly notBefore: number; readonly notAfter: number }) =>
  ({ pki }: SimCluster): Shown => ({
    certificate: pki.sign(
      {
        subject: { commonName: 'kube-apiserver', organizations: [] },
        ...validity,
        names: { dns: ['localhost'], ip },
        keyUsages: ['digital signature'],
        purposes: ['server auth'],
      },
      pki.key('pki/apiserver'),
    ),
    key: pki.read('/etc/kubernetes/pki/apiserver.key'),
  })
const LONG = { notBefore: Date.UTC(2024, 0, 1), notAfter: Date.UTC(2044, 0, 1) }

/** What it shows anyhow. */
const servingCertificateOf = ({ pki }: SimCluster): Shown => {
  const { certificate, key } = servingCertificate(pki, { hosts: [], real: Date.now() })
  return { certificate, key }
}

const servers: readonly (readonly [situation: RegExp, served: Served])[] = [
  [
    /server certificate expired/,
    {
      certificate: certificateOf(['127.0.0.1'], {
        notBefore: Date.UTC(2024, 0, 1),
        notAfter: Date.UTC(2024, 1, 1),
      }),
    },
  ],
  [/lacks the address/, { certificate: certificateOf([], LONG) }],
  [/ALPN offers only http/, { protocols: ['http/1.1'] }],
  [/ALPN offers only h2/, { protocols: ['h2'] }],
  [/unknown authority|without CA|insecure|SNI/, { certificate: servingCertificateOf }],
  [/HTTP server behind/, { isPlain: true }],
]

/** What is special about the server of a command; undefined when nothing is. */
export function serverOf(id: string): Served | undefined {
  const misbehaves = misbehaviourOf(id)
  const found = servers.find(([situation]) => situation.test(id))?.[1]
  return misbehaves === undefined ? found : { ...found, misbehaves }
}
