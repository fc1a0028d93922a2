import { cachedKey, createCertificate, parseCertificates, PKI_DIR } from '../../pki/index.js'
import type { Certificate, Pki } from '../../pki/index.js'
import { fromDer } from '../../pki/crypto/der.js'
import { isIpAddress } from '../http/host.js'
import { signNatively } from './native-signing.js'

const DAY = 86_400_000
const LOCAL = { dns: ['localhost'], ip: ['127.0.0.1', '::1'] }

/** The authorities of a TLS server. */
export interface ServingAuthorities {
  /** The CA certificate that clients must trust, as PEM: the cluster's authority. */
  readonly authority: string
  /**
   * For the `ca` of a TLS server: certificates with only the subjects of the authorities whose client
   * certificates the server requests.
   */
  readonly clientAuthorities: readonly string[]
}

/** Certificate, key and authorities of a TLS server, as PEM. */
export interface ServingCertificate extends ServingAuthorities {
  readonly certificate: string
  readonly key: string
}

/** What a {@link servingCertificate} is made for. */
export interface ServingOptions {
  /** Names and addresses besides those of the PKI's certificate and of this machine. */
  readonly hosts: readonly string[]
  /** Real time in ms. */
  readonly real: number
  /** Default `apiserver`. */
  readonly whose?: 'apiserver' | 'etcd/server'
  /** DER of the names of further authorities of clients. */
  readonly clientSubjects?: readonly string[]
}

/** The serving certificate in the files of a PKI, which names what a server is for. */
function filed(pki: Pki, whose: 'apiserver' | 'etcd/server'): Certificate {
  const [own] = parseCertificates(pki.read(`${PKI_DIR}/${whose}.crt`)) as [Certificate]
  return own
}

function validityOf(
  own: Certificate,
  real: number,
): { readonly notBefore: number; readonly notAfter: number } {
  // whole days, so that servers of copies of a cluster share one certificate, which is signed once
  const today = real - (real % DAY)
  return {
    notBefore: Math.min(own.notBefore, today - DAY),
    notAfter: Math.max(own.notAfter, today + 366 * DAY),
  }
}

/**
 * Returns the serving certificate of the apiserver (or of etcd) for real clients: signed by its authority,
 * for the names in the PKI's certificate, those of this machine and `hosts`. It is valid at both virtual and
 * real time, since real clients use their own clock.
 */
export function servingCertificate(pki: Pki, options: ServingOptions): ServingCertificate {
  const { hosts, real, whose = 'apiserver' } = options
  signNatively()
  const own = filed(pki, whose)
  const names = {
    dns: [
      ...new Set([...(own.names.dns ?? []), ...LOCAL.dns, ...hosts.filter((host) => !isIpAddress(host))]),
    ],
    ip: [...new Set([...(own.names.ip ?? []), ...LOCAL.ip, ...hosts.filter(isIpAddress)])],
  }
  const key = pki.read(`${PKI_DIR}/${whose}.key`)
  const certificate = pki.sign(
    {
      subject: own.subject,
      serial: pki.serialOf(`server/${whose}`),
      ...validityOf(own, real),
      names,
      keyUsages: own.keyUsages,
      purposes: ['server auth'],
    },
    cachedKey(key),
    issuerOf(whose),
  )
  return { certificate, key, ...servingAuthorities(pki, options) }
}

const issuerOf = (whose: 'apiserver' | 'etcd/server'): 'ca' | 'etcd/ca' =>
  whose === 'apiserver' ? 'ca' : 'etcd/ca'

/**
 * Returns the authorities of a server, also of one with a certificate of its own. Where the cluster's
 * authority is not valid at real time, `authority` also contains a second certificate of the same authority
 * (same name and key, other validity).
 */
export function servingAuthorities(
  pki: Pki,
  { real, whose = 'apiserver', clientSubjects = [] }: Omit<ServingOptions, 'hosts'>,
): ServingAuthorities {
  signNatively()
  const issuer = issuerOf(whose)
  const { pem, certificate: authority, key } = pki.authority(issuer)
  const isTimely = authority.notBefore <= real && real <= authority.notAfter
  const bridge = isTimely
    ? ''
    : createCertificate(
        {
          subject: authority.subject,
          serial: pki.serialOf(`server/${issuer}`),
          ...validityOf(filed(pki, whose), real),
          isCa: true,
          keyUsages: authority.keyUsages,
          names: authority.names,
        },
        key,
        { subject: authority.subject, key },
      )
  // with the real authority here OpenSSL would append it to the server's chain, which Go's servers do not;
  // client certificates are verified elsewhere
  const standInKey = pki.key(`server/${issuer}`)
  const { notBefore, notAfter, keyUsages } = authority
  const clientAuthorities = [authority.subjectDer, ...clientSubjects].map((subject) => {
    const name = { subject: authority.subject, subjectName: fromDer(subject) }
    const content = { ...name, notBefore, notAfter, isCa: true, keyUsages }
    return createCertificate({ ...content, serial: pki.serialOf(`server/client ${issuer}`) }, standInKey, {
      ...name,
      key: standInKey,
    })
  })
  return { authority: pem + bridge, clientAuthorities }
}
