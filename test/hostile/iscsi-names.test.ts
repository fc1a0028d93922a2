import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { ADMIN } from '../../src/cluster/access/identities.js'

/** The pattern of upstream, which backtracks. Source: pkg/apis/core/validation iscsiInitiatorIqnRegex. */
const UPSTREAM = /iqn\.\d{4}-\d{2}\.([A-Za-z0-9\-.]+)(:[^,;*&$|\t\n\f\r ]+)$/

const cluster = new SimCluster({ nodes: 0 })

/** The field errors of a pod with a volume of each of these names. */
function faultsOf(names: readonly string[]): readonly string[] {
  const volumes = names.map((iqn, at) => ({
    name: `v${at}`,
    iscsi: { targetPortal: '10.0.0.1:3260', iqn, lun: 0 },
  }))
  const response = cluster.http.handle({
    method: 'POST',
    path: '/api/v1/namespaces/default/pods',
    query: 'dryRun=All',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      metadata: { name: 'a' },
      spec: { volumes, containers: [{ name: 'c', image: 'i' }] },
    }),
    user: ADMIN,
  })
  if (!('body' in response) || response.code === 201) return []
  const { details } = JSON.parse(response.body) as { details: { causes: readonly { field: string }[] } }
  return details.causes.map(({ field }) => field)
}

test('names of iSCSI are those that upstream takes', () => {
  const name = fc
    .array(
      fc.constantFrom(
        'iqn.',
        'iqn.2020-01.',
        '2020-01.',
        'a',
        '9',
        '-',
        '.',
        ':',
        ',',
        '|',
        ' ',
        '\u00a0',
        '\n',
      ),
      { maxLength: 8 },
    )
    .map((parts) => `iqn${parts.join('')}`)
  const likely = fc.tuple(name, name).map(([before, after]) => `${before}iqn.2020-01.com.example:${after}`)
  fc.assert(
    fc.property(fc.array(fc.oneof(name, likely), { minLength: 50, maxLength: 50 }), (names) => {
      const wrong = names.flatMap((one, at) => (UPSTREAM.test(one) ? [] : [`spec.volumes[${at}].iscsi.iqn`]))
      expect(faultsOf(names)).toEqual(wrong)
    }),
    { numRuns: 40 },
  )
})

test('a name of iSCSI that begins again and again is checked in linear time', () => {
  for (const unit of ['iqn.2020-01.', 'iqn.2020-01.a:', 'iqn.2020-01.a,', 'iqn', 'a.']) {
    const before = process.cpuUsage()
    faultsOf([`iqn${unit.repeat(1_000_000 / unit.length)}`])
    const { user } = process.cpuUsage(before)
    // a pattern that starts anew at each place takes minutes
    expect(user / 1_000).toBeLessThan(2_000)
  }
})
