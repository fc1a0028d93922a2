import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { typed } from './typed.js'

const folder = mkdtempSync(join(tmpdir(), 'simcluster-run-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = (name: string): string => join(folder, name)
const execute = promisify(execFile)

/** A Node program that asks the cluster of KUBECONFIG how many nodes it has, and writes that to a file. */
const ASK = `
const { readFileSync, writeFileSync } = require('node:fs')
const text = readFileSync(process.env.KUBECONFIG, 'utf8')
const field = (name) => new RegExp(name + ': (\\\\S+)').exec(text)[1]
const data = (name) => Buffer.from(field(name), 'base64')
const options = { ca: data('certificate-authority-data'), cert: data('client-certificate-data'), key: data('client-key-data') }
require('node:https').get(field('server') + '/api/v1/nodes', options, (response) => {
  let body = ''
  response.on('data', (part) => (body += part)).on('end', () => {
    writeFileSync(process.argv[1], String(JSON.parse(body).items.length))
    process.exit(7)
  })
})`

/** A program that does nothing, wherever the tests run. */
const NOTHING = [process.execPath, '--eval', '']

describe('simcluster run', () => {
  test('runs a program with a ready cluster, and returns its exit code', async () => {
    const { code } = await typed('run', '--nodes', '2', '--', process.execPath, '-e', ASK, path('nodes'))
    expect(code).toBe(7)
    expect(readFileSync(path('nodes'), 'utf8')).toBe('2')
  })

  test.for([
    ['no-such-program', 'there is no program no-such-program'],
    ['/', '/ is no program: it is not executable, or a folder'],
    ['LICENSE/x', 'LICENSE/x cannot be started: ENOTDIR'],
    ['', 'write the program to run'],
  ] as const)('%j cannot be run, which is told with exit code 2', async ([program, says]) => {
    const { code, err } = await typed('run', '--', program)
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(says) as string })
  })

  test('no kubeconfig of another cluster is overwritten', async () => {
    const own = path('own kubeconfig')
    writeFileSync(own, 'apiVersion: v1\nkind: Config\ncurrent-context: production\n')
    const { code, err } = await typed('run', '--kubeconfig', own, '--', ...NOTHING)
    expect(code).toBe(2)
    expect(err).toContain(
      `--kubeconfig ${own}: simcluster did not write this file; name another, or remove it`,
    )
    expect(readFileSync(own, 'utf8')).toContain('production')
    // one of an earlier run is
    const again = ['run', '--kubeconfig', path('again'), '--', ...NOTHING]
    expect((await typed(...again)).code).toBe(0)
    expect((await typed(...again)).code).toBe(0)
  })

  test.for([
    [['--kubeconfig', tmpdir()], 'this is a folder; name a file'],
    [['--save', tmpdir()], 'this is a folder; name a file'],
    [['--kubeconfig', '/proc/kubeconfig'], '/proc/kubeconfig cannot be written: '],
  ] as const)('what cannot be written is told before the program runs: %j', async ([flags, says]) => {
    const { code, err } = await typed('run', ...flags, '--', 'sh', '-c', 'exit 7')
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(says) as string })
  })

  test('a program that a signal ends gives the exit code of a shell', async () => {
    expect((await typed('run', '--', 'sh', '-c', 'kill -9 $$')).code).toBe(137)
  })

  test('says what is wrong with what it is to run', async () => {
    expect((await typed('run')).err).toContain('write the program to run: simcluster run -- PROGRAM WORDS')
  })

  test('the time of a virtual cluster begins today, and a snapshot is saved at the end', async () => {
    const snapshot = path('cluster.snapshot')
    expect(
      (await typed('run', '--time', 'virtual', '--save', snapshot, '--', process.execPath, '--version')).code,
    ).toBe(0)
    const { out } = await typed('kubectl', '--snapshot', snapshot, '--', 'get', 'nodes', '-o', 'yaml')
    expect(out).toContain(`creationTimestamp: "${new Date().toISOString().slice(0, 10)}T00:00:00Z"`)
  })
})

describe('simcluster serve --detach and stop', () => {
  const program = ['--import', 'tsx', 'src/cli/main.ts']
  const simcluster = async (...words: readonly string[]): Promise<string> =>
    (await execute(process.execPath, [...program, ...words])).stdout

  test('the cluster is ready when serve returns, and gone when stop does', async () => {
    const kubeconfig = path('kubeconfig')
    const at = ['--kubeconfig', kubeconfig]
    const out = await simcluster('serve', '--detach', '--time', 'virtual', '--nodes', '1', ...at)
    expect(out).toContain(`export KUBECONFIG=${kubeconfig}\n`)
    expect((await typed('advance', '1h', ...at)).out).toMatch(/T01:00:\d\d/)
    expect(await typed('stop', ...at)).toEqual({ code: 0, out: 'stopped\n', err: '' })
    expect((await typed('settle', ...at)).err).toContain('there is no served cluster at')
  }, 60_000)

  test('its output is for a shell, and a second one does not take its kubeconfig', async () => {
    const kubeconfig = path("a folder's kubeconfig")
    const words = ['serve', '--detach', '--nodes', '1', '--kubeconfig', kubeconfig]
    const out = await simcluster(...words)
    const sh = spawnSync('sh', ['-c', `${out}\nprintf %s "$KUBECONFIG"`], { encoding: 'utf8' })
    expect(sh.stdout).toBe(kubeconfig)
    const second = await typed('run', '--kubeconfig', kubeconfig, '--', ...NOTHING)
    expect(second).toMatchObject({
      code: 2,
      err: expect.stringContaining('a cluster is served there') as string,
    })
    expect((await typed('stop', '--kubeconfig', kubeconfig)).out).toBe('stopped\n')
    // one that is gone leaves its file free
    expect((await typed('run', '--kubeconfig', kubeconfig, '--', ...NOTHING)).code).toBe(0)
  }, 60_000)

  test('a file that is no kubeconfig, and a server of another kind, are told', async () => {
    writeFileSync(path('other'), 'nonsense')
    expect((await typed('stop', '--kubeconfig', path('other'))).err).toContain('there is no current context')
    vi.stubEnv('KUBECONFIG', '')
    expect((await typed('stop')).err).toContain('set KUBECONFIG, or --kubeconfig')
    vi.unstubAllEnvs()
  })

  test('what keeps it from starting is told, and gives its exit code', () => {
    const words = ['serve', '--detach', '--version', 'v1.99']
    const { status, stderr } = spawnSync(process.execPath, [...program, ...words], { encoding: 'utf8' })
    expect(status).toBe(2)
    expect(stderr).toContain('v1.99')
  }, 60_000)
})
