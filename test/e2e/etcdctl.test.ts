import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { EtcdStore } from '../../src/etcd/index.js'
import { serve, serveEtcd } from 'simcluster/server'
import type { ClusterServer, EtcdServer } from 'simcluster/server'
import { ETCD_BINARY, etcdInstalled, RealEtcd } from '../etcd/real-etcd.js'

const ETCDCTL = process.env.ETCDCTL ?? '/usr/bin/etcdctl'
const installed = etcdInstalled() && existsSync(ETCDCTL)

test(
  'the real etcdctl and etcd are there (in CI they must be; elsewhere these tests are skipped without ' +
    'them)',
  () => {
    if (!installed)
      console.warn(`${ETCDCTL} or ${ETCD_BINARY} is missing: install etcd-client and etcd-server`)
    expect(installed || process.env.CI === undefined).toBe(true)
  },
)

interface Outcome {
  readonly stdout: string
  readonly stderr: string
  readonly code: number | null
}

/** Runs etcdctl to its end; a number in `stopAfter` interrupts it after so many ms. */
function etcdctl(
  endpoint: string,
  args: readonly string[],
  { stdin = '', stopAfter = 0, cwd }: { stdin?: string; stopAfter?: number; cwd?: string } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(ETCDCTL, ['--endpoints', endpoint, ...args], {
      cwd,
      env: { PATH: process.env.PATH, HOME: '/nonexistent' },
    })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('latin1')))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('latin1')))
    child.once('error', reject)
    child.once('close', (code) => resolve({ stdout, stderr, code }))
    child.stdin.on('error', () => undefined)
    if (stopAfter === 0) child.stdin.end(stdin)
    else {
      child.stdin.write(stdin)
      setTimeout(() => child.kill('SIGINT'), stopAfter)
    }
  })
}

/** One command for both, with what it reads and how long it goes on. */
type Line = string | readonly [line: string, stdin: string, stopAfter?: number]

/** What is left of an outcome when ports, times and sizes are taken out. */
function comparable({ stdout, stderr, code }: Outcome): Outcome {
  const clean = (text: string): string =>
    text
      .replaceAll(/127\.0\.0\.1:\d+/g, 'ENDPOINT')
      .replaceAll(/took = \S+/g, 'took')
      .replaceAll(/"ts":"[^"]*"/g, '')
      .replaceAll(/0x[0-9a-f]+/g, 'ADDRESS')
      .replaceAll(/\d+(\.\d+)? [kMG]?B/g, 'SIZE')
      .replaceAll(/"(dbSize|dbSizeInUse)":\d+/g, '"$1":0')
      .replaceAll('"peerURLs":["http://localhost:2380"]', '"peerURLs":["http://ENDPOINT"]')
      .replaceAll('http://localhost:2380,', 'http://ENDPOINT,')
  return { stdout: clean(stdout), stderr: clean(stderr), code }
}

/** The words of a line: quotes hold blanks together. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')

/** Sixteen keys in one command, with few values. */
const PUTS = Array.from({ length: 16 }, (_, at) => `put k${String(at).padStart(2, '0')} v${at % 3}`)
const MANY: Line = ['txn', `\n${PUTS.join('\n')}\n\n\n`]

const LINES: readonly Line[] = [
  'put foo bar',
  'put foo bar2 --prev-kv',
  'get foo',
  'get foo -w json',
  'get foo -w fields',
  'get foo -w protobuf',
  'get none',
  'get',
  'put foo',
  'put "" x',
  ['put in', 'from stdin\n'],
  'put -- --dash x',
  'put foo --ignore-value',
  'put none --ignore-value',
  'put foo x --ignore-value',
  'put foo x --lease=99',
  'put foo y --ignore-lease',
  MANY,
  'get k --prefix --keys-only',
  'get k --prefix --count-only -w fields',
  'get k --prefix --limit=3 -w json',
  'get k00 k05',
  'get k10 --from-key',
  'get "" --prefix --keys-only',
  'get k --prefix --sort-by=VALUE --order=DESCEND',
  'get k --prefix --sort-by=VERSION',
  'get k --prefix --sort-by=CREATE --order=DESCEND --limit=4',
  'get k --prefix --sort-by=MODIFY --order=ASCEND',
  'get k --prefix --order=NOPE',
  'get foo --rev=2',
  'get foo --rev=9999',
  'get foo --consistency=s',
  'get foo --hex --print-value-only',
  'get foo --prefix --from-key',
  'put k03 again',
  'get k --prefix --min-mod-rev=8 --max-mod-rev=99',
  ['txn', 'mod("foo") > "0"\n\nput then yes\nget foo\n\nput then no\n\n'],
  ['txn', 'value("foo") = "nope"\nversion("foo") > "1"\n\nget foo\n\ndel then\nput else 1\n\n'],
  ['txn', 'create("none") = "0"\n\nput a 1\nput a 2\n\n\n'],
  ['txn', '\nget foo --rev=9999\n\n\n'],
  ['txn', 'mod("foo") ? "0"\n\n\n\n'],
  ['txn -w json', '\nget foo\n\n\n'],
  'del k00 --prev-kv',
  'del k01 k03',
  'del k1 --prefix --prev-kv -w json',
  'del none',
  'del zz --from-key',
  'del foo -w fields',
  ['watch k0 --prefix --rev=2 --prev-kv', '', 600],
  ['watch foo --rev=1', '', 600],
  ['watch foo --rev=2 --prev-kv -w json', '', 600],
  ['watch -i', 'watch foo\nwatch k04\nprogress\n', 600],
  ['watch nothing zz -- echo hi', '', 600],
  'watch',
  'compaction 5',
  'compaction 5',
  'compaction 9999',
  'compact 8 --physical',
  'get foo --rev=3',
  'watch foo --rev=3',
  'compaction x',
  'lease grant 9000000001',
  'lease revoke 1234',
  'lease timetolive 1234 --keys',
  'lease keep-alive 1234',
  'lease keep-alive --once 1234',
  'lease revoke zz',
  'endpoint health',
  'endpoint status',
  'endpoint status -w json',
  'endpoint hashkv',
  'endpoint hashkv --rev=9',
  'endpoint hashkv --rev=9999',
  'member list -w json',
  'member remove 1',
  'member promote 1',
  'alarm list',
  'alarm disarm',
  'defrag',
  'move-leader 1',
  'auth status',
  'auth enable',
  'user get nobody',
  'user add root --new-user-password=pw',
  'user add root --new-user-password=pw',
  'user add ann --new-user-password=pw',
  'user add key --no-password',
  'role add readers',
  'role grant-permission readers read k --prefix',
  'role grant-permission readers readwrite own',
  'role grant-permission none read x',
  'role get readers',
  'user grant-role ann readers',
  'user get ann --detail',
  'user grant-role root root',
  'user list',
  'role list',
  'auth enable',
  'get foo',
  '--user root:pw auth status',
  '--user root:no get foo',
  '--user key:x get foo',
  '--user ann:pw get foo',
  '--user ann:pw put k04 x',
  '--user ann:pw put own x',
  '--user ann:pw get k --prefix --keys-only',
  '--user ann:pw get k m',
  '--user ann:pw del own',
  '--user ann:pw user list',
  '--user ann:pw user get ann',
  '--user ann:pw role get readers',
  '--user ann:pw defrag',
  '--user ann:pw member list',
  '--user ann:pw watch foo',
  ['--user ann:pw txn', 'mod("k04") > "0"\n\nput own z\n\nget own\n\n'],
  ['--user ann:pw txn', '\nput foo z\n\n\n'],
  '--user root:pw user delete root',
  '--user root:pw user revoke-role ann readers',
  '--user ann:pw get k04',
  '--user root:pw role revoke-permission readers own',
  '--user root:pw role delete readers',
  '--user root:pw auth disable',
  'get foo',
]

describe.skipIf(!installed)('etcdctl', () => {
  describe('beside a real etcd', () => {
    let real: RealEtcd
    let ours: EtcdServer
    beforeAll(async () => {
      real = await RealEtcd.start()
      const { header, raftIndex } = (await real.call('Maintenance', 'Status', {})) as {
        header: { clusterId: string; memberId: string }
        raftIndex: string
      }
      const ids = { clusterId: BigInt(header.clusterId), memberId: BigInt(header.memberId) }
      const store = EtcdStore.fromJSON(
        {
          revision: 1,
          compacted: -1,
          writes: [],
          leases: [],
          alarms: [],
          size: 0,
          compactionHashes: [],
          raftIndex: Number(raftIndex),
          leaseSequence: 0,
        },
        { clock: { now: () => Date.now() }, ...ids },
      )
      ours = await serveEtcd(store, { name: 'test' })
    })
    afterAll(async () => {
      await ours.close()
      await real.stop()
    })

    test('prints the same for every command', async () => {
      const differences: unknown[] = []
      const compare = async (line: Line): Promise<void> => {
        const [text, stdin = '', stopAfter = 0] = typeof line === 'string' ? [line] : line
        const [theirs, mine] = await Promise.all(
          [real.address, `127.0.0.1:${ours.port}`].map(async (endpoint) =>
            comparable(await etcdctl(endpoint, wordsOf(text), { stdin, stopAfter })),
          ),
        )
        if (JSON.stringify(theirs) !== JSON.stringify(mine)) differences.push({ text, theirs, mine })
      }
      let watches: Promise<void>[] = []
      for (const line of LINES) {
        // those who only look may look together
        if (typeof line !== 'string' && (line[2] ?? 0) > 0) {
          watches.push(compare(line))
          continue
        }
        await Promise.all(watches)
        watches = []
        await compare(line)
      }
      expect(differences).toEqual([])
    }, 60_000)

    test('keeps leases alive, locks and elects', async () => {
      await real.call('Lease', 'LeaseGrant', { ID: String(0x1234), TTL: '3' })
      ours.store.leaseGrant({ id: 0x1234n, ttl: 3 })
      const endpoints = [real.address, `127.0.0.1:${ours.port}`]
      const lines: readonly Line[] = [
        'put kept x --lease=1234',
        ['lease keep-alive 1234', '', 3_800],
        'lease timetolive 1234 --keys',
        'lease keep-alive --once 1234',
        'lease list',
        'lock l echo hi',
        'lock l false',
        ['elect e me', '', 900],
        ['elect e --listen', '', 600],
        'lease revoke 1234',
        'get kept',
        'lease timetolive 1234 --keys',
        ['lease keep-alive 1234', '', 500],
        'get l/ --prefix',
        'get e/ --prefix',
      ]
      for (const line of lines) {
        const [text, stdin = '', stopAfter = 0] = typeof line === 'string' ? [line] : line
        const [theirs, mine] = await Promise.all(
          endpoints.map(async (endpoint) => {
            const { stdout, ...rest } = comparable(
              await etcdctl(endpoint, wordsOf(text), { stdin, stopAfter }),
            )
            // the leases of sessions are random, and what is left of one is told in whole seconds; the
            // client's clock decides how often it asks, more than once
            const again = stdout.replaceAll(
              /^(lease \w+ keepalived with TTL\(3\)\n)\1+/gm,
              '$1again, and again\n',
            )
            return {
              ...rest,
              stdout: again
                .replaceAll(/\b(e|l)\/[0-9a-f]+/g, '$1/LEASE')
                .replaceAll(/remaining\(\ds\)/g, 'remaining'),
            }
          }),
        )
        expect(mine, text).toEqual(theirs)
      }
    }, 60_000)
  })

  describe('on a cluster', () => {
    /** A served cluster; `run` is etcdctl with its certificates. */
    async function served(): Promise<{
      cluster: SimCluster
      server: ClusterServer
      folder: string
      run: (line: string, how?: { stdin?: string; stopAfter?: number }) => Promise<Outcome>
    }> {
      const cluster = new SimCluster({ nodes: 1 })
      cluster.settle()
      const server = await serve(cluster, { time: 'virtual', etcd: {} })
      const folder = mkdtempSync(join(tmpdir(), 'simcluster-etcdctl-'))
      const etcd = server.etcd as EtcdServer
      etcd.writeCredentials(folder)
      onTestFinished(async () => {
        await server.close()
        rmSync(folder, { recursive: true })
      })
      const credentials = '--cacert ca.crt --cert client.crt --key client.key'.split(' ')
      return {
        cluster,
        server,
        folder,
        run: (line, how = {}) =>
          etcdctl(etcd.url, [...credentials, ...wordsOf(line)], { ...how, cwd: folder }),
      }
    }

    test('sees what the apiserver writes, and writes what the apiserver sees', async () => {
      const { cluster, run } = await served()
      const { stdout: nodes } = await run('get /registry/minions/ --prefix --keys-only')
      expect(nodes).toBe('/registry/minions/node-1\n\n')
      const watch = cluster.client.watch('configmaps', { namespace: 'default' })
      watch.next()
      const written = JSON.stringify({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'mine', namespace: 'default' },
        data: { a: '1' },
      })
      expect(await run('put /registry/configmaps/default/mine', { stdin: written })).toMatchObject({
        stdout: 'OK\n',
        stderr: '',
      })
      expect(watch.next().at(-1)).toMatchObject({
        type: 'ADDED',
        object: { metadata: { name: 'mine', resourceVersion: String(cluster.internals.etcd.revision) } },
      })
      expect((await run('get /registry/configmaps/default/mine --print-value-only')).stdout).toBe(
        `${written}\n`,
      )
      const following = run('watch /registry/configmaps/default/mine', { stopAfter: 700 })
      setTimeout(() => cluster.kubectl('label configmap mine seen=yes'), 350)
      const { stdout: seen } = await following
      expect(seen).toMatch(
        /^PUT\n\/registry\/configmaps\/default\/mine\n\{"kind":"ConfigMap","apiVersion":"v1","metadata":\{"name":"mine","namespace":"default","labels":\{"seen":"yes"\}/,
      )
      expect(seen).not.toContain('resourceVersion')
      expect((await run('del /registry/configmaps/default/mine')).stdout).toBe('1\n')
      expect(cluster.kubectl('get configmap mine').stderr).toBe(
        'Error from server (NotFound): configmaps "mine" not found\n',
      )
    })

    test('history may be compacted away under a running cluster', async () => {
      const { cluster, run } = await served()
      cluster.apply([
        {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'a', namespace: 'default' },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
      ])
      const { revision } = cluster.internals.etcd
      expect(await run(`compaction ${revision}`)).toMatchObject({
        stdout: `compacted revision ${revision}\n`,
        code: 0,
      })
      const copy = cluster.fork()
      for (const each of [cluster, copy]) {
        each.settle()
        expect(each.get('pods', { namespace: 'default', name: 'a' })).toMatchObject({
          status: { phase: 'Running' },
        })
      }
    })

    test('leases end by the time of the cluster', async () => {
      const { cluster, run } = await served()
      const id = /lease (\w+) granted with TTL\(60s\)/.exec(
        (await run('lease grant 60')).stdout,
      )?.[1] as string
      await run(`put held x --lease=${id}`)
      cluster.advance('59s')
      expect((await run(`lease timetolive ${id} --keys`)).stdout).toBe(
        `lease ${id} granted with TTL(60s), remaining(1s), attached keys([held])\n`,
      )
      expect((await run(`lease keep-alive --once ${id}`)).stdout).toBe(
        `lease ${id} keepalived with TTL(60)\n`,
      )
      cluster.advance('59s')
      expect((await run('get held --print-value-only')).stdout).toBe('x\n')
      cluster.advance('2s')
      expect((await run('get held')).stdout).toBe('')
      expect((await run('lease list')).stdout).not.toContain(id)
    })

    test('a snapshot comes as it is written here, with its hash; a certificate is needed', async () => {
      const { cluster, server, run, folder } = await served()
      const saved = await run('snapshot save file')
      expect(saved).toMatchObject({ stdout: 'Snapshot saved at file\n', code: 0 })
      expect(readFileSync(join(folder, 'file')).equals(cluster.internals.etcd.snapshot())).toBe(true)
      const url = (server.etcd as EtcdServer).url
      const { code, stderr } = await etcdctl(url, [
        '--insecure-skip-tls-verify',
        '--insecure-transport=false',
        '--dial-timeout',
        '300ms',
        '--command-timeout',
        '300ms',
        'get',
        'x',
      ])
      expect(code).toBe(1)
      expect(stderr).toContain('context deadline exceeded')
    })
  })
})
