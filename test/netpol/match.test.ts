import { expect, it } from 'vitest'
import { tryPort, type PortSituation } from '../../src/netpol/match.js'
import type { PortMatch, Trial } from '../../src/netpol/index.js'

const at80: PortSituation = {
  protocol: 'TCP',
  port: 80,
  named: [
    { name: 'web', protocol: 'TCP', port: 80 },
    { name: 'web', protocol: 'TCP', port: 8080 },
    { name: 'dns', protocol: 'UDP', port: 53 },
  ],
}
const nowhere: PortSituation = { ...at80, port: undefined }
const tcp = 'TCP'

it.each<[match: PortMatch, because: Trial['because'], situation?: PortSituation]>([
  [{ kind: 'unknown' }, 'unknownField'],
  [{ kind: 'all', protocol: tcp }, 'everyPortOfProtocol'],
  [{ kind: 'all', protocol: tcp }, 'everyPortOfProtocol', nowhere],
  [{ kind: 'all', protocol: 'UDP' }, 'otherProtocol'],
  [{ kind: 'range', protocol: tcp, first: 80, last: 80 }, 'portMatched'],
  [{ kind: 'range', protocol: tcp, first: 70, last: 79 }, 'otherPort'],
  [{ kind: 'range', protocol: tcp, first: 81, last: 90 }, 'otherPort'],
  [{ kind: 'range', protocol: 'UDP', first: 80, last: 80 }, 'otherProtocol'],
  [{ kind: 'range', protocol: tcp, first: 1, last: 65535 }, 'otherPort', nowhere],
  [{ kind: 'name', protocol: tcp, name: 'web' }, 'namedPortMatched'],
  [{ kind: 'name', protocol: undefined, name: 'web' }, 'namedPortMatched', { ...at80, port: 8080 }],
  [{ kind: 'name', protocol: tcp, name: 'web' }, 'otherPort', { ...at80, port: 81 }],
  [{ kind: 'name', protocol: tcp, name: 'web' }, 'otherPort', nowhere],
  [{ kind: 'name', protocol: undefined, name: 'dns' }, 'noSuchNamedPort'],
  [{ kind: 'name', protocol: 'UDP', name: 'dns' }, 'otherProtocol'],
])('%o: %s', (match, because, situation = at80) => {
  const says =
    because === 'unknownField'
      ? {}
      : { actual: situation.port === undefined ? 'TCP' : `${situation.port}/TCP` }
  const matched = ['everyPortOfProtocol', 'portMatched', 'namedPortMatched'].includes(because)
  expect(tryPort(situation, match, 'spec.ingress[0].ports[0]')).toEqual({
    path: 'spec.ingress[0].ports[0]',
    matched,
    because,
    ...says,
  })
})
