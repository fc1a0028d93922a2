/** Types of records that the cluster's DNS knows. */
export type RecordType = 'A' | 'AAAA' | 'CNAME' | 'SRV' | 'PTR'

/** One record of an answer. */
export interface DnsRecord {
  /** Without a dot at the end. */
  readonly name: string
  readonly type: RecordType
  /** Address, or a name; of SRV `priority weight port target`. */
  readonly data: string
}

/** An answer of a DNS server. `NOERROR` without records: the name is there, but has nothing of that type. */
export interface DnsAnswer {
  readonly rcode: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED'
  readonly records: readonly DnsRecord[]
}

/** Nothing of that type. */
export const NO_DATA: DnsAnswer = { rcode: 'NOERROR', records: [] }
/** No such name. */
export const NX_DOMAIN: DnsAnswer = { rcode: 'NXDOMAIN', records: [] }
