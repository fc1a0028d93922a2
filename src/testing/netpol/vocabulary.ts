/**
 * The words of which arbitrary worlds, policies and connections consist. With few words they match often; the
 * first of each list is the simplest. Pods get their addresses from `podIPs` in order, nodes from `nodeIPs`.
 */
export interface NetpolVocabulary {
  readonly namespaces: readonly string[]
  /** Label keys of pods, namespaces and nodes. */
  readonly keys: readonly string[]
  /** Additional label keys that only selectors use. */
  readonly selectorKeys: readonly string[]
  readonly values: readonly string[]
  /** Addresses of each pod with its own network; no address occurs twice. */
  readonly podIPs: readonly (readonly string[])[]
  /** Addresses of the nodes `n0`, `n1` and so on. */
  readonly nodeIPs: readonly (readonly string[])[]
  /** Addresses outside, as source or destination. */
  readonly addresses: readonly string[]
  /** CIDRs, each with its possible exceptions. */
  readonly ranges: readonly { readonly cidr: string; readonly except: readonly string[] }[]
  readonly protocols: readonly ('TCP' | 'UDP' | 'SCTP')[]
  /** Ports; containers declare the first two. */
  readonly ports: readonly number[]
  /** First and last port. */
  readonly portRanges: readonly (readonly [first: number, last: number])[]
  readonly portNames: readonly string[]
  /** Domain names that resolve to an address. If empty, there are no domains. */
  readonly domains: readonly string[]
  /** Values of `domainNames` for those domains. */
  readonly domainPatterns: readonly string[]
}

/** The default vocabulary. */
export const netpolVocabulary: NetpolVocabulary = {
  namespaces: ['default', 'red', 'blue'],
  keys: ['app', 'tier'],
  selectorKeys: ['kubernetes.io/metadata.name'],
  values: ['a', 'b', '', 'red'],
  podIPs: [
    [],
    ['10.0.0.1'],
    ['10.0.0.2'],
    ['10.0.0.128', 'fd00::2'],
    ['fd00::1', '10.0.1.0'],
    ['fd00:0:0:1::'],
  ],
  nodeIPs: [['192.168.0.1', 'fd00:0:0:2::1'], ['192.168.0.2']],
  addresses: [
    '10.0.0.1',
    '10.0.0.2',
    '10.0.0.128',
    '10.0.1.0',
    '10.1.0.0',
    '11.0.0.0',
    '192.168.0.1',
    'fd00::1',
    'fd00::2',
    'fd00:0:0:1::',
    '2001:db8::1',
    '192.168.0.2',
  ],
  ranges: [
    { cidr: '10.0.0.0/24', except: ['10.0.0.0/31', '10.0.0.128/25'] },
    { cidr: '10.0.0.1/32', except: [] },
    { cidr: '10.0.0.0/25', except: [] },
    { cidr: '10.0.0.7/8', except: ['10.0.0.0/24', '10.0.0.2/32', '10.1.0.0/16'] },
    { cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '128.0.0.0/1'] },
    { cidr: '192.168.0.0/16', except: [] },
    { cidr: 'fd00::/64', except: ['fd00::2/127'] },
    { cidr: 'fd00::1/128', except: [] },
    { cidr: '::/0', except: ['fd00::/16', '2001:db8::1/128'] },
  ],
  protocols: ['TCP', 'UDP', 'SCTP'],
  ports: [80, 81, 1, 79, 443, 65535],
  portRanges: [
    [1, 80],
    [79, 81],
    [80, 65535],
  ],
  portNames: ['web', 'dns'],
  domains: ['www.example.com', 'example.com', 'a.b.example.com', 'example.org'],
  domainPatterns: ['*.example.com', 'example.com', 'WWW.example.com.', '*.b.example.com', 'example.org'],
}
