import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'simcluster-audit-'))
afterAll(() => rmSync(folder, { recursive: true }))

function write(name: string, content: unknown): string {
  const path = join(folder, name)
  writeFileSync(path, JSON.stringify(content))
  return path
}

function audit(advisories: unknown): { code: number | null; out: string; err: string } {
  const words = ['run', '-s', 'audit:offline', '--', write('advisories.json', advisories), lock]
  const { status, stdout, stderr } = spawnSync('npm', words, { encoding: 'utf8' })
  return { code: status, out: stdout.replaceAll(`${lock}: `, ''), err: stderr }
}

/** A lock file with a package twice, one as an alias, and one before its first release. */
const lock = write('package-lock.json', {
  lockfileVersion: 3,
  packages: {
    '': { name: 'us', version: '1.0.0' },
    'node_modules/left': { version: '1.5.0' },
    'node_modules/other/node_modules/left': { version: '2.1.0' },
    'node_modules/right': { name: 'left', version: '3.0.0-rc.1' },
    'node_modules/@scope/pack': { version: '0.9.9' },
    'node_modules/linked': { link: true, resolved: 'linked' },
  },
})

const advisory = (events: readonly object[], more: object = {}): object => ({
  id: 'MADE-UP-1',
  summary: 'Something made up',
  affected: [{ package: { ecosystem: 'npm', name: 'left' }, ranges: [{ type: 'SEMVER', events }] }],
  ...more,
})
const affected = (version: string): string => `left ${version} is affected: MADE-UP-1 Something made up\n`
const COUNTED = '1 advisories about 1 packages of npm\n'

test.each([
  ['all before a fix', [{ introduced: '0' }, { fixed: '2.0.0' }], ['1.5.0']],
  [
    'what is fixed, and begins again',
    [{ introduced: '0' }, { fixed: '1.5.0' }, { introduced: '2.0.0' }],
    ['2.1.0', '3.0.0-rc.1'],
  ],
  ['the last version that is affected', [{ introduced: '2.0.0' }, { last_affected: '2.1.0' }], ['2.1.0']],
  ['versions before a release', [{ introduced: '2.5.0' }, { fixed: '3.0.0' }], ['3.0.0-rc.1']],
  ['none', [{ introduced: '1.5.1' }, { fixed: '2.1.0' }], []],
])('the audit without a network finds %s', (_, events, versions) => {
  expect(audit([advisory(events)])).toEqual({
    code: versions.length > 0 ? 1 : 0,
    out: versions.map(affected).join('') + COUNTED,
    err: '',
  })
})

test('the audit without a network says what it cannot judge', () => {
  const unknown = {
    package: { ecosystem: 'npm', name: '@scope/pack' },
    ranges: [{ type: 'GIT', events: [] }],
  }
  const { code, out } = audit({ vulns: [{ id: 'MADE-UP-2', affected: [unknown] }] })
  expect([code, out]).toEqual([2, `@scope/pack 0.9.9 cannot be judged, read it: MADE-UP-2\n${COUNTED}`])
})

test('the audit without a network leaves withdrawn advisories out, and refuses a file without any', () => {
  const { code, err } = audit(advisory([{ introduced: '0' }], { withdrawn: '2026-01-01T00:00:00Z' }))
  expect([code, err]).toEqual([1, expect.stringContaining('has no advisory about packages of npm')])
})
