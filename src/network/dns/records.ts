/** The record types that the cluster's DNS supports. */
export type RecordType = 'A' | 'AAAA' | 'CNAME' | 'SRV' | 'PTR'

/** A record of an answer. */
export interface DnsRecord {
  /** Without a trailing dot. */
  readonly name: string
  readonly type: RecordType
  /** An address or a name; for SRV `priority weight port target`. */
  readonly data: string
}

/** An answer of a DNS server. `NOERROR` without records: the name exists, but has no record of that type. */
export interface DnsAnswer {
  readonly rcode: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED'
  readonly records: readonly DnsRecord[]
}

/** The name has no record of that type. */
export const NO_DATA: DnsAnswer = { rcode: 'NOERROR', records: [] }
/** The name does not exist. */
export const NX_DOMAIN: DnsAnswer = { rcode: 'NXDOMAIN', records: [] }
