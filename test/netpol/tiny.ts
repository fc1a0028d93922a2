import type { NetpolVocabulary } from '../../src/testing/netpol/vocabulary.js'

/** Few enough words that all clusters can be tried. */
export const TINY: Partial<NetpolVocabulary> = {
  namespaces: ['default', 'red'],
  keys: ['app'],
  selectorKeys: [],
  values: ['a'],
  podIPs: [],
  nodeIPs: [],
  addresses: [],
  ranges: [{ cidr: '10.0.0.0/8', except: [] }],
  protocols: ['TCP'],
  ports: [80],
  portRanges: [],
  portNames: ['web'],
  domains: [],
  domainPatterns: [],
}
