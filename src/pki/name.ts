import { childrenOf, oid, oidOf, sequence, set, text, textOf } from './der.js'
import type { Asn1 } from './der.js'

const COMMON_NAME = '2.5.4.3'
const ORGANIZATION = '2.5.4.10'

/** The parts of a distinguished name that Kubernetes looks at: user and groups. */
export interface Subject {
  readonly commonName: string
  /** In order. Default none. */
  readonly organizations?: readonly string[]
}

/** A name as Go's crypto/x509 writes it: all organizations in one set, then the common name. Source: crypto/x509/pkix ToRDNSequence. */
export function nameOf({ commonName, organizations = [] }: Subject): Asn1 {
  const attribute = (type: string, value: string): Asn1 => sequence(oid(type), text(value))
  const parts = organizations.length === 0 ? [] : [set(...organizations.map((value) => attribute(ORGANIZATION, value)))]
  if (commonName !== '') parts.push(set(attribute(COMMON_NAME, commonName)))
  return sequence(...parts)
}

/** Reads a name; of several common names the last one counts, as in Go. */
export function subjectOf(name: Asn1 | undefined): Required<Subject> {
  let commonName = ''
  const organizations: string[] = []
  for (const attribute of childrenOf(name).flatMap((part) => childrenOf(part))) {
    const [type, value] = childrenOf(attribute)
    const kind = oidOf(type)
    if (value === undefined || (kind !== COMMON_NAME && kind !== ORGANIZATION)) continue
    if (kind === COMMON_NAME) commonName = textOf(value)
    else organizations.push(textOf(value))
  }
  return { commonName, organizations }
}
